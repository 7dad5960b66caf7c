"""Names that stand in the place of another: "Trump said" where the quotes have Putin say it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from rag.checking.finding import Mismatch
from rag.checking.roles import Role, roles, subjects
from rag.checking.saying import Case, Saying, named
from rag.language import speech
from rag.language.entities import entity

_STRONG = frozenset(("does", "done", "owns", "speaks"))
"""Places that belong to one name; prepositions only tell where two names have changed places."""
_OFFICES = 5
"""Words around a speaker's name that may tell for whom he speaks: "Dmitry Peskov, the Kremlin spokesman"."""


def roles_not_borne_out(case: Case) -> Iterator[Mismatch]:
    """Names of the claim in a place that the quotes give to another, though they name both."""
    mine = roles(case.claim.text)
    everywhere = frozenset(role for each in case.near for role in roles(each.text)) | frozenset(_speakers(case))
    for role in sorted(mine, key=lambda each: (each.relation not in _STRONG, each.name, each.relation, each.of)):
        if any(_is_one(each, role, case) for each in _holders(role, everywhere)):
            continue
        for theirs in _naming(role, case):
            holders = _holders(role, theirs)
            if not holders or any(_holds(each, role, mine) for each in holders):
                continue
            if _is_taken(role, holders, case) or _changed_places(role, holders, mine, theirs):
                holder = min(holders, key=lambda each: each.text)
                yield Mismatch("name", role.text, holder.text, _reason(role, holder), True)
                return
    yield from _beginning(case)


def _beginning(case: Case) -> Iterator[Mismatch]:
    """A clause of the claim that says of a name from around the quotes what a quote says of another."""
    theirs = [each for said in case.close for each in subjects(said.text)]
    for mine, said in subjects(case.claim.text):
        if mine.name not in _around(case) or any(mine.name in each.entities for each in case.said) or not said:
            continue
        other = max(theirs, key=lambda each: len(said & each[1]), default=None)
        if other is not None and len(said & other[1]) >= max(1, 0.6 * len(said)) and not _is_one(other[0], mine, case):
            yield Mismatch("name", mine.text, other[0].text, _reason(mine, other[0]), True)
            return


def _is_taken(role: Role, holders: list[Role], case: Case) -> bool:
    """Whether the place can only be one name's; what is owned only where the claim names the owner elsewhere."""
    if role.relation == "owns":
        return any(each.name in case.claim.entities for each in holders)
    return role.relation in _STRONG


def _holders(role: Role, theirs: frozenset[Role]) -> list[Role]:
    """Whoever stands in the same place."""
    return [each for each in theirs if (each.relation, each.of) == (role.relation, role.of)]


def _holds(holder: Role, role: Role, mine: frozenset[Role]) -> bool:
    """Whether the claim gives the place to the quote's name too."""
    return any((each.name, each.relation, each.of) == (holder.name, role.relation, role.of) for each in mine)


def _naming(role: Role, case: Case) -> Iterator[frozenset[Role]]:
    """The places in each near sentence that has the name, with who is known to speak in it; in all of them, where the
    name is known only from what stands around the quotes."""
    having = [
        each for each in case.close if any(word[0].isupper() and entity(word) == role.name for word in each.words)
    ]
    if not having and not any(role.name in each.entities for each in case.said) and role.name in _around(case):
        having = list(case.close)
    for each in having:
        yield roles(each.text) | frozenset(_speakers(case, each))


def _around(case: Case) -> frozenset[str]:
    """The names in what is known of the sources and in the text before the quotes."""
    texts = (text for each in case.grounds for text in (each.publisher, each.speaker, each.title, each.before) if text)
    return frozenset().union(*map(named, texts))


def _speakers(case: Case, said: Saying | None = None) -> Iterator[Role]:
    """Who speaks by what is known of the sources, their publishers among them; or who is known to speak in one
    sentence."""
    for ground in case.grounds:
        if said is not None and said.text not in ground.quote:
            continue
        known = (ground.speaker,) if said is not None else (ground.speaker, ground.publisher, ground.author)
        for name in known:
            if name:
                yield Role(entity(name.split()[-1]), name, "speaks", "")


def _is_one(holder: Role, role: Role, case: Case) -> bool:
    """Whether both names are of one, or one speaks for the other."""
    if holder.name == role.name or not {entity(word) for word in holder.text.split()}.isdisjoint(
        entity(word) for word in role.text.split()
    ):
        return True
    return role.relation == "speaks" and any(_speaks_for(holder, role, each) for each in case.near)


def _speaks_for(holder: Role, role: Role, said: Saying) -> bool:
    """Whether a quote has the two names side by side with an office: "Kremlin spokesman Dmitry Peskov"."""
    names = [entity(word) for word in said.words]
    places = [at for at, name in enumerate(names) if name == holder.name]
    others = [at for at, name in enumerate(names) if name == role.name]
    return any(
        abs(one - other) <= _OFFICES
        and any(said.words[at].casefold() in speech.ROLES for at in range(min(one, other), max(one, other)))
        for one, other in product(places, others)
    )


def _changed_places(role: Role, holders: list[Role], mine: frozenset[Role], theirs: frozenset[Role]) -> bool:
    """Whether the name that has this place in the quotes has, in the claim, one that is this name's in the quotes."""
    own = {(each.relation, each.of) for each in theirs if each.name == role.name}
    taken = {(each.relation, each.of) for each in mine if each.name in {holder.name for holder in holders}}
    shared = own & taken - {(role.relation, role.of)}
    return bool(shared) and len({each.name for each in theirs if (each.relation, each.of) in shared}) == 1


def _reason(role: Role, holder: Role) -> str:
    if role.relation == "speaks":
        return f"in the quotes {holder.text} says it, not {role.text}"
    if role.relation == "owns":
        return f"in the quotes it is {holder.text}'s, not {role.text}'s"
    return f"the quotes have “{holder.text}” where it has “{role.text}”"
