"""What kind of answer a question asks for, told from how it is put.

Rules over the words, the most telling first: what changed, what is compared, then the word a question opens with once
"Could you tell me" and the like are taken away. Whatever no rule knows is open, and an open question loses nothing.
"""

from __future__ import annotations

import re
from itertools import combinations

from rag.answer import Form
from rag.language.times import Named, named_times

_LEAD_IN = re.compile(
    r"(?:(?:so|and|but|ok|okay|well|hi|hello|hey|thanks|thank you|please|also|now|then|by the way|got it|i see|oh|wow)"
    r"\b[,.!:]*\s+"
    r"|(?:can|could|would|will) you (?:please |kindly |perhaps )?(?:tell|explain|say|let|show|remind|clarify|check"
    r"|find out"
    r"|look up|confirm)(?: to)?(?: me| us)?(?: know)?(?: please)?[,:]?\s+"
    r"|(?:do|does|would) (?:you|we|anyone|anybody) (?:happen to |really )?know[,:]?\s+"
    r"|is it known\s+|is there any (?:word|information|news) (?:on|about|as to)\s+"
    r"|(?:please |just )?(?:tell|let|show|remind) (?:me|us)(?: know)?(?: please)?[,:]?\s+(?:about\s+)?"
    r"|(?:i|we)(?:['’]d|['’]m| would| am| was)? (?:\w+ )?(?:like|want|wanted|need|love|have|wish|trying)? ?(?:to )?"
    r"(?:know|ask(?: you)?|learn|hear|find out|understand|see|wonder(?:ing)?|check|curious|interested(?: to know)?)"
    r"(?: about)?[,:]?\s+"
    r"|(?:any|have you(?: got)? any|do you have any|got any) (?:idea|clue|information|info)"
    r"(?: (?:on|about|as to|of))?[,:]?\s+"
    r"|(?:my|the|one|another|a) question (?:is|was)[,:]?\s+"
    r"|according to [^,?]{1,60},\s+"
    r"|(?:in|on|as of|since|during|before|after) [^,?]{1,40},\s+(?=(?:who|when|how|did|does|do|was|were|is|are|has"
    r"|have)\b))",
    re.IGNORECASE,
)
_MOST_LEAD_INS = 4

_CHANGED = re.compile(
    r"\bwhat(?:['’]s| is| has| have| had)?(?: \w+){0,4}? (?:changed|new since|become different|different now)\b"
    r"|\bwhat (?:else )?changes?\b(?! (?:do|does|did|would|will|should|must|can|could|may|might)\b)"
    r"(?= (?:\w+ ){0,6}(?:between|since|from|after|over|were made|was made|have|has|occurred|happened|took))"
    r"|\bhow (?:much |far )?(?:has|have|had|did|do|does)\b[^?]{1,80}\b(?:changed?|shift(?:ed)?|evolved?"
    r"|develop(?:ed)?|moved?"
    r"|progress(?:ed)?|soften(?:ed)?|harden(?:ed)?)\b"
    r"|\b(?:has|have|had|did)\b[^?]{1,80}\b(?:changed?|shift(?:ed)?|evolved?|soften(?:ed)?|harden(?:ed)?)"
    r"(?=\s*(?:$|\?|[,.]|(?:since|between|from|over|after|in the|during|at all)\b))"
    r"|\b(?:changes?|shifts?|evolution|development|turn(?:around)?|differences?) (?:in|of|to)\b[^?]{1,80}"
    r"\b(?:between|since|from|over|after|before)\b"
    r"|\bevolution of\b|\bbefore and after\b|\bthen and now\b|\b(?:now and then|now as (?:against|opposed to) then)\b"
    r"|\bdifferent(?:ly)? (?:now|today|since|from (?:before|then|last))\b"
    r"|\b(?:compared?|comparison) (?:with|to) (?:before|then|last (?:year|month|week)|a (?:year|month|week) ago"
    r"|earlier)\b"
)
_COMPARED = re.compile(
    r"\bcompar(?:e|es|ed|ing|ison|isons)\b|\bcontrast(?:s|ed|ing)?\b|\bside by side\b"
    r"|\b(?:differences?|similarit(?:y|ies)|distinctions?|disagreements?|contradictions?|discrepanc(?:y|ies)) (?:\w+ )?"
    r"(?:between|among|in|of)\b"
    r"|\bdiffer(?:s|ed|ent(?:ly)?)? (?:\w+ )?(?:from|than|between|among|on|over|about|in how)\b|\b(?:versus|vs)\b"
    r"|\bdo(?:es)?\b[^?]{1,80}\bdiffer\b"
    r"|\b(?:who|which (?:sources?|sides?|papers?|reports?|outlets?|accounts?|publishers?))(?: else)? "
    r"(?:disagrees?|disagreed|disputes?|disputed|contradicts?|contradicted)\b"
    r"|\b(?:sources|reports|accounts|papers|outlets|publishers|sides|desks|documents|versions)\b[^?]{0,40}"
    r"\b(?:disagree|agree|differ|contradict|conflict|diverge|match|say|report)\b"
    r"|\b(?:disagree|agree|contradict) (?:with )?(?:each other|one another)\b"
    r"|\bwho says what\b|\bin common\b|\b(?:both|each|either|different|various) (?:sides?|sources?|outlets?"
    r"|accounts?)\b"
    r"|\bon the one (?:hand|side)\b|\bthe same as\b|\bas opposed to\b|\bsame or different\b|\b(?:disagree"
    r"|contradict)s?\b"
)
_NAME = r"(?:the )?(?:[A-Z][\w.’'-]*)(?: (?:[A-Z][\w.’'-]*|desk|ministry))*"
_TWO_SPEAK = re.compile(
    rf"\b(?:do|did|have|are|were)\s+{_NAME}(?:,\s*{_NAME})*,?\s+and\s+{_NAME}(?:\s+each|\s+both|\s+respectively)?\s+"
    r"(?:say|said|report|reported|claim|claimed|think|thought|want|wanted|describe|described|write|written|tell|told"
    r"|see|view|put|state|stated|demand|demanded|propose|proposed|respond|responded|react|reacted|saying|reporting)\b"
    rf"|\b(?:[Aa]ccording to|positions? of|views? of|accounts? of|demands? of|statements? of|reports? (?:of|by"
    rf"|from))\s+{_NAME}"
    rf"(?:,\s*{_NAME})*,?\s+and\s+(?:of\s+)?{_NAME}"
    rf"|(?<!^)\b{_NAME}['’]s?\s+and\s+{_NAME}['’]s?\s+(?:\w+\s+)?(?:positions?|views?|demands?|conditions?|plans?"
    r"|accounts?|statements?|reports?|terms|stances?|proposals?|reactions?)\b"
)
_HOW_MANY = re.compile(
    r"(?:(?:in|to|for|by|at|with|on|of|from|about|over|under|until|within|than) )?how (?:many|much|long(?! ago)|old"
    r"|big|tall"
    r"|far(?! (?:has|have|had|did))|fast|often|large|high|deep|heavy|wide|strong|frequently|big|expensive)\b"
    r"|what(?:['’]s| is| was| are| were)? the (?:\w+ )?(?:number|price|cost|amount|total|size|age|population|length"
    r"|duration"
    r"|percentage|share|rate|distance|height|weight|speed|sum|fee|toll|value)\b"
    r"|(?:in |at |for |by )?what (?:number|percentage|share|price|amount|age|proportion|fraction)\b|number of\b"
)
_WHEN = re.compile(
    r"(?:(?:since|until|till|by|from|around) )?when\b|how long ago\b"
    r"|(?:(?:in|on|at|since|by|until|from|around|during) )?(?:what|which) (?:\w+ )?(?:year|date|day|month|century|week"
    r"|decade|time)\b|what(?:['’]s| is| was| are| were) the (?:\w+ )?(?:date|dates|deadline|day|year|month)\b"
)
_WHO = re.compile(
    r"(?:(?:to|by|with|for|from|of|about|against|at|on|under|behind|between) )?who(?:m|se|['’]s|ever)?\b"
    r"|(?:(?:to|by|with|for|from|of|about|against) )?(?:what|which) (?:\w+ )?(?:person|people|man|men|woman|women"
    r"|official"
    r"|officials|envoys?|ministers?|leaders?|spokes(?:man|woman|person|men|people)|politicians?|presidents?|author"
    r"|authors"
    r"|negotiators?|generals?|diplomats?|experts?|players?|actors?|actress|singers?)\b"
    r"|what(?:['’]s| is| was| are| were) the names? of the (?:person|people|man|men|woman|women|officials?|envoys?"
    r"|ministers?"
    r"|leaders?|spokes(?:man|woman|person|men|people)|author|negotiators?|general|diplomats?)\b"
)
_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must|isn['’]t"
    r"|aren['’]t"
    r"|wasn['’]t|weren['’]t|don['’]t|doesn['’]t|didn['’]t|hasn['’]t|haven['’]t|hadn['’]t|can['’]t|couldn['’]t|won['’]t"
    r"|wouldn['’]t|shouldn['’]t)"
)
_YES_NO = re.compile(
    rf"{_AUXILIARY}\b|(?:whether|if)\b|(?:is it|it['’]s|it is) (?:true|correct|right|the case)\b|true or false\b"
)
_TAG = re.compile(
    rf",? (?:right|correct|true|yes|no|really|is that (?:right|so|true|correct)|is(?:n['’]t)? (?:it|that)(?: so"
    rf"| true)?)\s*\?"
    rf"|, {_AUXILIARY}(?: not)? (?:he|she|it|they|we|you|i|there)(?: not)?\s*\?",
)
_OPENER = re.compile(r"(?:what|which|where|why|how)\b")
_ALTERNATIVE = re.compile(r"\bor\b(?! (?:not|so|less|more|otherwise|any|other)\b)")
_JOINED = re.compile(r"\b(?:and|vs|versus|than|to|with|against)\b")
_REQUEST = re.compile(
    r"(?:can|could|would|will) you\b|do you have\b|(?:is|are) there (?:any |some )?(?:more |other )?"
    r"(?:details?|information|info|news)\b|have you\b|are you able\b|may i (?:ask|know)\b|should i\b"
)


def form(question: str) -> Form:
    """What kind of answer `question` asks for.

    >>> form("I'd like to know whether Putin rejected the plan."), form("How has Moscow's position changed since June?")
    ('yes_no', 'change')
    """
    text = " ".join(question.split())
    lowered = text.casefold()
    if _CHANGED.search(lowered) or _sets_times_apart(text):
        return "change"
    if _COMPARED.search(lowered) or _TWO_SPEAK.search(text):
        return "comparison"
    return _opened_with(bare(text).casefold())


def bare(question: str) -> str:
    """The question without "Could you tell me", "So" and the like before it.

    >>> bare("So, do you know who met Putin?")
    'who met Putin?'
    """
    text = question.strip()
    for _ in range(_MOST_LEAD_INS):
        match = _LEAD_IN.match(text)
        if match is None or match.end() == len(text):
            return text
        text = text[match.end() :].lstrip()
    return text


def _opened_with(text: str) -> Form:
    if _HOW_MANY.match(text):
        return "how_many"
    if _WHEN.match(text):
        return "when"
    if _WHO.match(text):
        return "who"
    if _OPENER.match(text):
        return "open"
    if _YES_NO.match(text):
        return "open" if _REQUEST.match(text) or _offers_a_choice(text) else "yes_no"
    return "yes_no" if _TAG.search(text[-40:]) else "open"


def _offers_a_choice(text: str) -> bool:
    """Whether one of several is asked for, so that neither yes nor no would answer: "accept or reject"."""
    return not text.startswith("true or false") and _ALTERNATIVE.search(text) is not None


def _sets_times_apart(text: str) -> bool:
    """Whether two times are named, each for itself: "in June and in November", but not the range between two."""
    times = named_times(text)
    return any(_apart(text, one, other) for one, other in combinations(times, 2))


def _apart(text: str, one: Named, other: Named) -> bool:
    between = text[one.end : other.start].casefold()
    if len(between) > 80 or one.relation in ("between", "from"):
        return False
    return (
        one.relation == other.relation == "in"
        and re.search(r"\b(?:and|vs|versus|than|to|with|against)\b", between) is not None
    )
