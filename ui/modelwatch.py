"""Whether the language model answers, found out beside the questions, so that a page can say it before one is asked.

The model's server is asked for its list of models every few seconds, but only while somebody has a page open, and no
request waits for that. How long the last reply let its reader wait is counted too: a server can list its models at once
and write slowly.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from rag.errors import ModelUnavailable

if TYPE_CHECKING:
    from rag.model import Model

State = Literal["none", "connected", "unreachable", "slow"]

EVERY_SECONDS = 5.0
"""Between one look and the next."""
PATIENCE_SECONDS = 5.0
"""That the server has to list its models, before it counts as away."""
LISTED_SLOWLY_SECONDS = 2.0
WRITES_SLOWLY_SECONDS = 10.0
"""Until the first words of a reply: from here on the model is called slow."""
WATCHED_SECONDS = 60.0
"""For which the watch goes on after the last page asked."""


class ModelWatch:
    """Watches `model`, which may also be only a name, of a model that nobody watches, or None where there is none."""

    def __init__(self, model: Model | str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._model = None if isinstance(model, str) else model
        self.name = model if isinstance(model, str) else model and model.name
        self._away = False
        self._listed_slowly = False
        self._clock = clock
        self._asked = 0.0
        self._lock = threading.Lock()
        self._watching = False
        self._ended = threading.Event()

    @property
    def state(self) -> State:
        """What is known of the model now."""
        if self.name is None:
            return "none"
        if self._model is None:
            return "connected"
        if self._away or self._model.breaker != "closed":
            return "unreachable"
        waited = self._model.waited
        is_slow = self._listed_slowly or (waited is not None and waited >= WRITES_SLOWLY_SECONDS)
        return "slow" if is_slow else "connected"

    def asked(self) -> State:
        """The same for a page, which keeps the watch going."""
        self._asked = self._clock()
        if self._model is not None:
            self._begin()
        return self.state

    def look(self) -> None:
        """Ask the model's server once. It may take as long as it has to answer."""
        if self._model is None:
            return
        began = self._clock()
        try:
            self._model.names(PATIENCE_SECONDS)
        except ModelUnavailable:
            self._away = True
        else:
            self._away = False
        self._listed_slowly = not self._away and self._clock() - began >= LISTED_SLOWLY_SECONDS

    def end(self) -> None:
        """End the watch; to be called as the server begins to stop."""
        self._ended.set()

    def _begin(self) -> None:
        with self._lock:
            if self._watching or self._ended.is_set():
                return
            self._watching = True
        threading.Thread(target=self._watch, name="watches the model", daemon=True).start()

    def _watch(self) -> None:
        while self._clock() - self._asked < WATCHED_SECONDS:
            self.look()
            if self._ended.wait(EVERY_SECONDS):
                break
        with self._lock:
            self._watching = False


NO_MODEL = ModelWatch(None)
"""Where answers are quotes only."""
