"""Who sees what the library holds and who may read it, and may add, remove and sync again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.types import Scope

from index.principal import PUBLIC
from ui.caller import Caller, known

if TYPE_CHECKING:
    from ui.serving import Site


def is_librarian(caller: Caller, librarians: frozenset[str]) -> bool:
    """Whether this caller is one: the person at this machine, or a holder of one of the labels `librarians`.

    Never through an embedded chat, nor with what looks into some collections only: a librarian sees of every document
    that it is there. `public`, which everybody holds, makes nobody one.
    """
    who = caller.principal
    if caller.embed is not None or who.collections is not None or not caller.may("library"):
        return False
    return who.reads_everything or bool(who.readers & (librarians - {PUBLIC}))


def keeps_here(scope: Scope, site: Site) -> bool:
    """Whether whoever sent this request is a librarian, and there is a library here to keep."""
    caller = known(scope)
    return site.keeper is not None and caller is not None and is_librarian(caller, site.librarians)
