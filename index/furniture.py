"""Page furniture: what stands around an article and is no part of what it says.

It stays in a document's text, so that offsets match what people see; it is only pointed at, so that nothing searches
or quotes it. Only whole short lines of a known shape, the credits of the desk in brackets at the end of a paragraph,
and a date put before the text count: a sentence of prose that uses the same words is prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.dates import BESIDE_DATE, DATE, TIME
from index.document import Span

_LONGEST_LINE = 300
_DECORATION = " \t#*-–—_>|•·[]»«›‹►▶…"

_NETWORK = (
    r"(?:facebook|twitter|x|whatsapp|telegram|linkedin|reddit|instagram|youtube|tiktok|pinterest|threads|bluesky"
    r"|mastodon|messenger|flipboard|google\s+news|vk|e-?mail|sms|copy(?:\s+the)?\s+link|print|pdf|pocket|rss)"
)
_THING = r"(?:(?:this|the|our)\s+)?(?:article|story|post|page|news|video)"
_PATTERNS = (
    # Advertising
    r"(?:skip\s+)?(?:ad|ads|advert|advertisements?|advertising|anzeige|werbung|publicité|publicidad|pubblicità|реклама)",
    r"sponsored|promoted|(?:sponsored|promoted|partner|paid)\s+(?:content|posts?|links?)",
    rf"(?:{_THING}\s+)?continues?\s+(?:reading\s+)?(?:below|after)(?:\s+(?:the\s+)?(?:advertisement|ad|main\s+story))?",
    r"continue\s+reading(?:\s+(?:below|the\s+main\s+story))?|scroll\s+(?:down\s+)?to\s+continue",
    r"advertisement\s*[-–—:.]?\s*(?:continue\s+reading\s+below|scroll\s+to\s+continue|story\s+continues\s+below)",
    # Comments
    r"(?:leave|post|add|write)\s+(?:a|your)\s+(?:comment|reply)(?:\s+cancel\s+reply)?|cancel\s+reply|reply",
    r"(?:(?:view|show|read|see|hide)\s+)?(?:all\s+)?(?:\(?\d+\)?\s+|no\s+)?comments?(?:\s*\(\d+\))?",
    r"(?:comments\s+are\s+closed|be\s+the\s+first\s+to\s+comment|(?:log|sign)\s+in\s+to\s+(?:leave\s+a\s+)?comment)\.?",
    r"join\s+the\s+(?:conversation|discussion)|your\s+e-?mail\s+address\s+will\s+not\s+be\s+published\..{0,60}",
    # Sharing
    rf"share(?:\s+{_THING})?(?:\s+(?:(?:on|via|with|by)\s+)?{_NETWORK})?|share\s+(?:this|with\s+friends)",
    rf"(?:{_NETWORK}|share|tweet|save|like)(?:[\s,/|•·]+(?:{_NETWORK}|share|tweet|save|like|and|or))*",
    rf"(?:print|e-?mail|save|bookmark|listen\s+to)\s+{_THING}|save\s+for\s+later|(?:listen|watch)(?:\s+now|\s+live)?",
    r"listen\s+to\s+(?:this\s+)?(?:article|story)(?:\s*[·•|-]?\s*\d+\s*min(?:ute)?s?)?",
    # Tags
    r"tag:?[a-z0-9-]+(?:\.[a-z0-9-]+)+[,:]?\d{4}\S*|#?[^\W\d]\w*(?:[\s,]+#[^\W\d]\w*)+",
    r"(?:tags?|tagged(?:\s+(?:as|with))?|filed\s+under|posted\s+in)\s*:\s*[^.!?]{1,200}",
    # Navigation
    r"home(?:\s*[>/»›|]\s*[^.!?]{1,80})?|menu|search|next|previous|skip\s+to\s+(?:the\s+)?(?:main\s+)?content",
    r"back\s+to\s+(?:the\s+)?top|(?:next|previous)\s+(?:article|story|post|page)|(?:load|show|view|see)\s+(?:more|all)",
    r"read\s+(?:more|also|next|the\s+full\s+(?:article|story))(?:\s*(?:here|[>»›→]+))?|also\s+read",
    r"(?:read\s+(?:more|also|next)|also\s+read)\s*:\s*.{0,200}|(?:see\s+also|related|more\s+on\s+this)\s*:\s*[^.!?]{0,200}",
    r"see\s+also|related(?:\s+(?:articles?|stories|content|topics|posts|news|links))?|more\s+(?:stories|news|articles)",
    r"more\s+on\s+this(?:\s+(?:story|topic))?|recommended(?:\s+(?:for\s+you|stories|articles|reading))?",
    r"you\s+(?:may|might)\s+(?:also\s+)?like|most\s+(?:read|popular|viewed|shared)|trending(?:\s+now)?|top\s+stories",
    r"(?:latest|breaking)\s+(?:news|stories)|editor[’']?s?[’']?\s+picks?|what\s+to\s+read\s+next|in\s+this\s+(?:article|story)",
    r"click\s+here(?:\s+(?:to|for)\s+(?:read|see|view|share|subscribe|sign|more)[^.]{0,60})?[.!]?",
    r"sign\s+in|sign\s+up|log\s*in|log\s*out|register|subscribe(?:\s+(?:now|today))?|my\s+account|open\s+in\s+app",
    # Newsletters and channels
    r"(?:sign\s+up|subscribe)(?:\s+(?:here|now|today))?\s+(?:for|to)\s+[^.!?]{0,80}\bnewsletters?\b[^.!?]{0,60}[.!]?",
    r"subscribe\s+to\s+(?:us|our)\b[^.!?]{0,80}[.!]?|(?:enter\s+)?your\s+e-?mail(?:\s+address)?",
    r"get\s+[^.!?]{0,80}(?:delivered\s+)?(?:straight\s+|directly\s+|right\s+)?(?:to|in)\s+your\s+inbox[^.!?]{0,40}[.!]?",
    rf"follow\s+(?:us|@?\w+(?:\s\w+)?)\s+on\s+{_NETWORK}(?:[\s,&]+(?:and\s+|or\s+)?(?:on\s+)?{_NETWORK})*[.!:]?|follow\s+us:?",
    rf"(?:like\s+us\s+on|join\s+(?:us\s+on|our))\s+{_NETWORK}(?:\s+(?:channel|group|page))?[^.!?]{{0,40}}[.!]?",
    r"download\s+(?:our|the)\s+[^.!?]{0,30}\bapp\b[^.!?]{0,40}[.!]?|thank\s+you\s+for\s+(?:subscribing|signing\s+up)[.!]?",
    # Cookies and the law
    r"(?:we|this\s+(?:web)?site|our\s+(?:web)?site)(?:\s+and\s+our\s+partners)?\s+uses?\s+cookies?\b.{0,160}"
    r"(?:\bby\s+(?:continuing|clicking|using)|\baccept|\bagree|\bconsent|your\s+(?:browsing\s+)?experience|on\s+our\s+(?:web)?site).{0,140}",
    r"by\s+(?:continuing\s+to\s+(?:use|browse)|using)\s+(?:this|our)\s+(?:web)?site.{0,60}(?:agree|consent|accept).{0,160}",
    r"(?:accept|reject|allow|decline)(?:\s+all)?(?:\s+cookies)?|manage\s+(?:my\s+|your\s+)?(?:cookies|preferences|consent|options)",
    r"(?:cookie|privacy)\s+(?:policy|settings|preferences|notice|statement)(?:\s*[|·•,]\s*[^.!?]{1,100})?",
    r"terms\s+(?:of\s+(?:use|service)|(?:and|&)\s+conditions)(?:\s+apply)?(?:\s*[|·•,]\s*[^.!?]{1,100})?",
    r"(?:copyright\s*)?(?:©|\(c\))\s*[^.!?]{0,120}\.?(?:\s*all\s+rights\s+reserved\.?)?|all\s+rights\s+reserved\.?",
    r"our\s+standards\s*:.{0,120}|the\s+thomson\s+reuters\s+trust\s+principles\.?",
    # The state of the page
    r"(?:this\s+)?live\s+(?:feed|blog|coverage|page|updates?)\s+(?:has|have|is|are)\s+(?:now\s+)?(?:ended|closed|over|finished)[.!]?",
    r"this\s+is\s+a\s+(?:developing|breaking)(?:\s+news)?\s+story\b.{0,120}",
    rf"(?:date|dated|(?:first\s+|originally\s+)?(?:published|posted|issued|released)|publication\s+date|created"
    rf"|(?:last\s+)?(?:updated|modified|edited))(?:\s+on)?\s*[:,]?\s*{DATE}{TIME}{BESIDE_DATE}",
    r"\d{1,3}\s*-?\s*min(?:ute)?s?\s+read|\d{1,2}\s+(?:minute|hour|day|week|month)s?\s+ago",
    # Credits of pictures
    r"(?:file\s+)?(?:photo(?:graph)?|picture)s?(?:\s+(?:credits?|courtesy(?:\s+of)?|by))?\s*[:/©]\s*(?-i:[A-Z@©])[^.!?]{1,80}",
    r"(?:image|illustration|graphic)s?\s+(?:credits?|courtesy(?:\s+of)?|by)\s*[:/©]?\s*(?-i:[A-Z@©])[^.!?]{1,80}",
    r"credits?\s*:\s*(?-i:[A-Z@©])[^.!?]{1,80}|(?:getty\s+images|istock|shutterstock)(?:\s*/\s*[^.!?]{2,60})?",
    r"(?:ap\s+photo|reuters|afp|epa|getty\s+images)\s*/\s*[^.!?]{2,60}",
    # Lines without a word
    r"[\W_]*",
)
_LINE = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE)
_BYLINE = re.compile(
    r"(?:By|BY)\s+(?!(?:The|An?|This|Our|All|My)\s)(?:[A-Z][\w’'.-]+\s+){1,3}[A-Z][\w’'-]+"
    r"(?:(?:,|\s+and|\s+with|\s+in)\s+(?:[A-Z][\w’'.-]+\s*){1,4}){0,3}"
)

_CREDIT = re.compile(
    r"(?:(?:Additional|Further)\s+)?(?:[Rr]eporting|[Ww]riting|[Ee]diting|Compiled|Written|Edited|Produced|Translated)\s+by\s+[A-Z]"
    r"|With\s+(?:additional\s+)?(?:inputs?|files|reporting)\s+(?:from|by)\s+\w"
)
_CREDIT_WORDS = re.compile(
    r"additional|further|(?:re)?writing|reporting|editing|compiled|(?:re)?written|edited|produced|translated|translation"
    r"|by|in|and|at|with|from|for|of|the|de|la|le|van|von|der|den|bin|al|el|newsroom|bureaus?|bureaux|desk|staff|team"
    r"|inputs?|files|agenc(?:y|ies)"
)
_LOWERCASE_WORD = re.compile(r"\b[a-z]+\b")

LABELLED = re.compile(r"(title|author|publisher|source)\s*:\s+(\S.{1,200})", re.IGNORECASE)
"""A line such as "Publisher: The Paper"; at the very top of a text, it says what the text is. Group 1 is the label."""

PREFIX = re.compile(r"\s*([Dd][Aa][Tt][Ee]:?\s+(\d{4}-\d{2}-\d{2}))(?=[^\S\n]+[^\sa-z])")
"""A date put before the text on its own first line; group 1 is the furniture, group 2 the day."""


def furniture(text: str) -> tuple[Span, ...]:
    """The page furniture in `text`, which is already normalised: in order, not overlapping, without white space at
    the ends."""
    return tuple(_spans(text))


def is_furniture(line: str) -> bool:
    """Whether the whole of one line is page furniture. A blank line is not."""
    bare = line.strip(_DECORATION)
    if len(bare) > _LONGEST_LINE or not line.strip():
        return False
    shapes = (_LINE.fullmatch(bare.rstrip(":")), _LINE.fullmatch(bare), _BYLINE.fullmatch(bare))
    return any(shapes) or _is_credit(bare)


def _spans(text: str) -> Iterator[Span]:
    start = 0
    if prefix := PREFIX.match(text):
        yield Span(prefix.start(1), prefix.end(1))
        start = prefix.end(1)
    at_top = True
    for line in text[start:].split("\n"):
        bare = line.strip()
        if span := _in_line(line):
            yield span.shifted(start)
        elif at_top and bare and LABELLED.fullmatch(bare):
            yield Span(start + line.index(bare), start + line.index(bare) + len(bare))
        else:
            at_top = at_top and not bare
        start += len(line) + 1


def _in_line(line: str) -> Span | None:
    stripped = line.strip()
    begin = line.find(stripped)
    if not stripped:
        return None
    if is_furniture(stripped):
        return Span(begin, begin + len(stripped))
    opening = _credit_at_end(stripped)
    return None if opening is None else Span(begin + opening, begin + len(stripped))


def _credit_at_end(line: str) -> int | None:
    """Where the desk's credits in brackets start that end this line, after a whole sentence."""
    opening = line.rfind("(")
    if not line.endswith(")") or opening < 1 or not _is_credit(line[opening:]):
        return None
    return opening if line[:opening].rstrip().endswith((".", "!", "?", "”", '"', "’", "»", ")")) else None


def _is_credit(text: str) -> bool:
    """Whether this is "Reporting by A in B; editing by C": names, and no other words than such credits use."""
    bare = text.strip("()[] \t").removesuffix(".")
    if len(bare) > _LONGEST_LINE or not _CREDIT.match(bare):
        return False
    return all(_CREDIT_WORDS.fullmatch(word) for word in _LOWERCASE_WORD.findall(bare))
