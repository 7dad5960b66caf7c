"""The words of reported speech in English news: the verbs, the titles and the nouns that stand around a speaker.

Every list is one place to add to; `rag.language.speaker` holds the grammar that reads them.
"""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a list written as one string, as all lists here are."""
    return frozenset(text.split())


_REPORTING = """
said says saying | told tells telling | stated states stating | announced announces announcing | added adds adding
noted notes noting | declared declares declaring | explained explains explaining | insisted insists insisting
stressed stresses stressing | emphasized emphasizes emphasizing | emphasised emphasises emphasising
underlined underlines underlining | underscored underscores underscoring | elaborated elaborates elaborating
specified specifies specifying | outlined outlines outlining | reported reports reporting | claimed claims claiming
warned warns warning | argued argues arguing | demanded demands demanding | urged urges urging
confirmed confirms confirming | denied denies denying | acknowledged acknowledges acknowledging
admitted admits admitting | asserted asserts asserting | alleged alleges alleging | accused accuses accusing
blamed blames blaming | reiterated reiterates reiterating | repeated repeats repeating | remarked remarks remarking
commented comments commenting | mentioned mentions mentioning | revealed reveals revealing
disclosed discloses disclosing | replied replies replying | responded responds responding | answered answers answering
wrote writes writing | tweeted tweets tweeting | posted posts posting | testified testifies testifying
joked jokes joking | quipped quips quipping | predicted predicts predicting | estimated estimates estimating
complained complains complaining | cautioned cautions cautioning | boasted boasts boasting | hinted hints hinting
contended contends contending | countered counters countering | vowed vows vowing | pledged pledges pledging
promised promises promising | proposed proposes proposing | portrayed portrays portraying
described describes describing | characterised characterises characterising
characterized characterizes characterizing | recounted recounts recounting | listed lists listing
maintained maintains maintaining | observed observes observing | suggested suggests suggesting
indicated indicates indicating | signalled signals signalling | signaled signals signaling
conceded concedes conceding | recalled recalls recalling | concluded concludes concluding
continued continues continuing | implied implies implying | swore swears swearing | asked asks asking
clarified clarifies clarifying | informed informs informing | advised advises advising
threatened threatens threatening | pointed points pointing | spelled spells spelling | laid lays laying
set sets setting | called calls calling | made makes making | spoke speaks speaking
"""
_FORMS = tuple(tuple(entry.split()) for line in _REPORTING.splitlines() for entry in line.split("|") if entry.split())

FINITE = frozenset(form for forms in _FORMS for form in forms[:2]) | {"say", "spelt"}
"""Past and present forms; the plural present only of "say", since the rest are nouns as often as verbs."""
PARTICIPLES = frozenset(forms[2] for forms in _FORMS)
"""The forms in -ing, as in "Peskov declined, saying that"."""
WITH_COMPLEMENT = word_set(
    """claims reports states notes demands comments promises pledges vows estimates remarks hints complaints urges
    signals answers posts points lists counters jokes quips concluded concludes continued continues recalled recalls
    observed observes maintained maintains suggested suggests indicated indicates signalled signaled conceded
    concedes implied implies swore swears informed described describes posted answered listed repeated repeats
    threatened proposes set sets"""
)
"""Verbs that report speech only before "that", a colon or a quote: they have another everyday sense, or are nouns."""
COMPLEMENT_PARTICIPLES = frozenset(forms[2] for forms in _FORMS if WITH_COMPLEMENT.intersection(forms))
SAYING = word_set(
    """said says told tells added adds explained explains noted warned warns argued argues insisted insists stated
    replied wrote writes"""
)
"""Verbs of which no noun can be the object, so that "examiner Barbara Sampson said" is no relative clause."""
OBJECTS_OF_SAYING = word_set("thing things word words day time way moment story lie lies reason first last")
PARTICLES_NEEDED = {
    "pointed": ("out",), "points": ("out",), "pointing": ("out",),
    "spelled": ("out",), "spelt": ("out",), "spells": ("out",), "spelling": ("out",),
    "laid": ("out",), "lays": ("out",), "laying": ("out",),
    "spoke": ("of",), "speaks": ("of",), "speaking": ("of",),
    "set": ("out",), "sets": ("out",), "setting": ("out",),
    "called": ("for",), "calls": ("for",), "calling": ("for",),
    "made": ("clear", "it"), "makes": ("clear", "it"), "making": ("clear", "it"),
}  # fmt: skip
"""The word that must follow: "pointed out", "called for", "made it clear"."""
INVERTED = word_set(
    """said says added adds wrote writes asked noted notes explained explains declared insisted warned argued replied
    stated concluded continued announced stressed"""
)
"""Verbs that may stand before their subject: "said Peskov"."""

TITLES = word_set(
    """president prime minister foreign defence defense interior finance secretary secretary-general state general
    chancellor premier senator sen rep gov gen lt col maj capt mr mrs ms dr prof professor sir lord lady dame
    ambassador special envoy spokesman spokesperson spokeswoman chief chairman chairwoman chair director deputy vice
    former acting speaker commissioner commander admiral adm colonel major captain judge justice governor mayor
    representative congressman congresswoman adviser advisor aide press head leader treasury attorney marshal bishop
    archbishop cardinal reverend rev rabbi imam sheikh ayatollah republican democrat democratic national security
    supreme undersecretary affairs staff joint chiefs ex-president vice-president co-chair economist analyst
    minister-president high then-president superintendent coach sergeant sgt sheriff officer detective inspector
    constable pastor principal ceo cfo councillor councilman councilwoman chairperson treasurer provost rector"""
)
"""Words that stand before a name without being part of it."""
SURNAMES_LIKE_TITLES = word_set("major judge justice marshal bishop chancellor king prince dean pope head lord")
ROLES = word_set(
    """spokesman spokeswoman spokesperson aide envoy adviser advisor minister president leader chief head secretary
    negotiator ambassador official diplomat general senator lawmaker analyst expert professor economist journalist
    reporter correspondent commander governor mayor chancellor chairman chairwoman director editor lawyer politician
    deputy candidate frontrunner billionaire businessman premier historian scientist researcher author host founder
    magnate strategist commissioner speaker counterpart co-founder representative activist attorney colonel admiral
    captain manager executive officer ex-president secretary-general prosecutor monarch king queen prince doctor
    engineer member judge banker investor owner coach"""
)
"""Lower-case nouns that may stand between a country and a name: "Kremlin spokesman Dmitry Peskov"."""
MEN = word_set("spokesman chairman congressman businessman mr sir king prince lord")
WOMEN = word_set("spokeswoman chairwoman congresswoman mrs ms queen princess lady dame")
ORGANISATIONS = word_set(
    """ministry department office commission council agency service services staff house parliament union nations times
    post journal news party government army navy court committee institute bank group company corp university
    association federation foundation organization organisation alliance bureau administration embassy authority
    senate congress assembly cabinet directorate intelligence pentagon kremlin telegraph guardian independent
    economist tribune herald register press board trust police fund centre center society network league academy
    forces duma rada"""
)
"""Words that make a run of capitals the name of a body and not of a person."""
WITH_ARTICLE = frozenset(("Kremlin", "White House", "Pentagon", "Vatican", "State Department", "European Commission"))
NOT_PEOPLE = word_set(
    """reuters axios politico bloomberg cnn bbc tass interfax ria rt afp ap nato eu un us uk russia ukraine moscow kyiv
    kiev washington brussels beijing china turkey türkiye poland germany france hungary europe london paris berlin
    warsaw ankara israel iran india japan hamas hezbollah facebook google microsoft openai apple amazon tesla meta
    opec newsweek"""
)
"""Single names that "he" or "she" cannot stand for."""

PRONOUNS = word_set(
    """everyone everybody nobody no-one someone somebody some many others most both several few neither none each all
    one two three they we you i it this that these those there which who what he she something anything everything
    nothing anyone"""
)
GENERIC = PRONOUNS | word_set(
    """people police critics media sources reports staff parents families kids children women men troops counsel brass
    management allies authorities"""
)
"""Words that name nobody although they may open a sentence with a capital."""
GENERIC_ENDINGS = (
    "ers", "ors", "ists", "ians", "ants", "ents", "ials", "ees", "men", "women", "sts", "ices", "ries", "ties", "ates",
    "tics", "gues", "ides", "oys",
)  # fmt: skip
"""Plural nouns that stand capitalised at the head of a sentence: "Officials said", "Negotiators said"."""
OPENERS = word_set(
    """but and or so yet then also later earlier today yesterday tomorrow however meanwhile moreover still thus hence
    indeed separately instead nevertheless nonetheless afterwards additionally furthermore finally recently
    previously again now once elsewhere similarly having a an the his her their its our my"""
)
SUBORDINATORS = word_set(
    "while as when after because since although though that where whereas before how why until once"
)
DOUBTERS = word_set("if unless whether lest should had-if suppose supposing provided what whatever whom")
"""Words that make a clause a supposition, a question or a mere reference."""
PREPOSITIONS = word_set(
    """in on at to of for from by with about against over under between during into through within without via per
    despite amid among around across behind beyond near towards toward upon unlike like following including
    regarding concerning prior according citing quoting alongside outside inside off above below onto past plus
    versus except throughout aboard atop opposite"""
)
NO_SUBJECT = SUBORDINATORS | DOUBTERS | PREPOSITIONS | word_set("than the a an this its his her their our my any no")
"""Words before which a verb is an adjective or part of an aside: "the reported plan", "as stated", "when asked"."""
NEGATIVES = word_set("not never n't no nor neither hardly")
MODALS = word_set("would could might may should must can will shall cannot did does do won't wouldn't couldn't")
BE = word_set("is are was were be been being")
ADVERBS = word_set(
    """also later then repeatedly again already once has have had first earlier recently previously now still even just
    himself herself itself themselves often always further too both simultaneously subsequently meanwhile separately
    explicitly instead today yesterday long twice ever since"""
)
TIMES = word_set(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december week month year weekend morning afternoon evening night"""
)
PARTICLES = word_set("von van der den de del della di da dos du la le al el bin ibn ben ter ten af av zu y ul")
"""Small words inside a name: "Ursula von der Leyen"."""
REGNAL = word_set("king queen pope prince princess emperor")
EMPTY = (
    PREPOSITIONS | SUBORDINATORS | DOUBTERS | BE | MODALS | ADVERBS | PRONOUNS | NEGATIVES | NO_SUBJECT | FINITE
    | PARTICIPLES
    | word_set(
        """the and or but any been there currently yet very as such out up down off own only than without cannot if
        whether has have had having did him his them us me who whom whose what which will just into because while
        more less"""
    )
)  # fmt: skip
"""Words that say nothing of what a sentence is about."""
