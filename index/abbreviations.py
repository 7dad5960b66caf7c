"""Words before a full stop that does not end the sentence, and words that begin one."""

from __future__ import annotations


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


TITLES = _words(
    """
    Mr Mrs Ms Mx Messrs Dr Prof Gen Lt Col Sgt Maj Capt Cpl Pvt Cmdr Adm Brig Sen Rep Gov Amb Supt Insp Det
    Hon Rev Fr Msgr Pres Ayat Pte Mme Mlle Ph Sra Dra
    """
)
"""What stands before a name: written with a capital, the name follows."""

LINKS = _words("vs v cf lit ca viz e.g i.e eg ie approx resp incl esp aka n.b z.b d.h u.a bzw")
"""What never ends a sentence, in small letters."""

NUMBERED = _words(
    """
    no nos nr art arts fig figs sec secs ch chs vol vols p pp ps para paras pt eq eqs op ver ann app c b d r
    """
)
"""What stands before a number, in small letters; before anything else it may end a sentence."""

SHORTENED = _words(
    """
    St Ste Mt Ft Inc Ltd Corp Co Cos Bros LLC plc Assn Dept Univ Inst Intl Govt Jr Sr Esq Ave Blvd Rd Sq Bldg
    al est min max tel ext ed eds trans repr Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed
    Thu Thur Thurs Fri Sat Sun Ala Ariz Ark Calif Colo Conn Fla Ga Ill Ind Kan Ky La Md Mich Minn Mo Mont Neb
    Nev Okla Ore Pa Tenn Tex Va Vt Wash Wis Wyo Ont Que Oblast obl
    """
)
"""What may end a sentence and often does not, as written: it does where the next word is a STARTER."""

CLOCK = frozenset(("a.m", "p.m"))
ZONES = _words(
    """
    EST EDT ET CST CDT CT MST MDT MT PST PDT PT GMT UTC BST CET CEST EET EEST MSK IST JST AKST HST Eastern
    Central Pacific Mountain Moscow Kyiv Kiev London Beijing Tokyo Monday Tuesday Wednesday Thursday Friday
    Saturday Sunday January February March April May June July August September October November December
    """
)
"""What follows a time of day within its sentence."""

STARTERS = _words(
    """
    a about above according across additionally after again against ahead all along also although amid among
    an and another any anyone are as asked at away back because before behind being below besides between
    beyond both but by can citing commenting consequently could critics despite did do does down due during
    each earlier either elsewhere even eventually every everyone experts few finally first following for
    former from further furthermore given had has have having he hence her here his how however i if in indeed
    initially inside instead into is it its just last later least like likewise many meanwhile more moreover
    most much my neither nevertheless next no nobody none nonetheless nor not nothing now of officials on once
    one only or other others otherwise our out outside over overall perhaps previously rather recently
    similarly since so some someone sometimes soon speaking still subsequently such that the their them then
    there thereafter therefore these they this those though through throughout thus to today together tomorrow
    two three under unless unlike until up upon was we were what when whenever where whereas whether which
    while who whoever why will with within without would yes yesterday yet you your
    """
)
"""Words that begin a sentence more often than they continue a name, in small letters."""

SAID = _words(
    """
    said says asked asks replied replies answered answers added adds told wrote writes demanded wondered
    exclaimed shouted cried insisted declared responded queried quipped joked
    """
)
"""Verbs that hand a quotation to its speaker."""

SUFFIXES = _words(
    """
    com org net gov edu mil int info biz io ai app dev ru ua uk eu us de fr pl by cn jp il ca tv me co js ts
    py md txt pdf doc docx xls xlsx csv json xml html htm php jpg jpeg png gif mp3 mp4 zip exe
    """
)
"""What follows a stop inside an address or a file's name, in small letters."""
