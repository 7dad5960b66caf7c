"""What people come for can be done on the page, over the example documents, in few actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import Watched
from tests.browser.tasks import TASKS, Person, briefing, do
from ui.serving import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, Site]]:
    with briefing() as each:
        yield each


@pytest.mark.parametrize(("task", "most"), TASKS, ids=[task.__name__ for task, _ in TASKS])
def test_it_is_done_in_few_actions(
    watch: Callable[..., Watched], served: tuple[str, Site], task: Callable[[Person], None], most: int
) -> None:
    address, _ = served
    watched = watch("about:blank", permissions=["clipboard-read", "clipboard-write"])
    took = do(task, watched.page, address)
    assert took.actions <= most
    assert watched.elsewhere(address) == []
    assert watched.complaints == []
