"""What stands at the top of each page: where one can go from here, the language, and who has signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.types import Scope

from ui.caller import signed_in
from ui.librarian import keeps_here
from ui.serving import Site
from ui.wording import LANGUAGES, Wording, wording_in, wording_of

Place = Literal["", "ask", "check", "library"]
"""The pages that the masthead names; empty for any other."""


@dataclass(frozen=True, slots=True)
class Masthead:
    """The top of one page for one reader. `keeps`: they may see what the library holds, and change it. `who` is what to
    call somebody who has signed in here, empty for everybody else."""

    wording: Wording
    here: Place = ""
    keeps: bool = False
    who: str = ""

    @property
    def languages(self) -> tuple[Wording, ...]:
        """The languages that a reader can choose from."""
        return tuple(map(wording_in, LANGUAGES))


def masthead_of(scope: Scope, site: Site, here: Place = "") -> Masthead:
    """The masthead for whoever sent this request."""
    return Masthead(wording_of(scope), here, keeps_here(scope, site), signed_in(scope))
