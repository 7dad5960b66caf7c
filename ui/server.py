"""The app on an address of this machine: take it, open the library, see that strangers are refused, serve until told to
stop."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import OnRecordError
from rag.errors import InvalidSettings
from ui.listening import Listener, listening
from ui.terminal import complain, printable

if TYPE_CHECKING:
    from uvicorn import Server

    from rag.ask import Desk
    from rag.settings import Settings
    from ui.serving import Site

DAY = 24 * 3600
DRAINED_IN = 18
"""Seconds that answers under way have when the server is to stop, before they are broken off; with what closing takes,
it is gone within twenty."""


def serve(settings: Settings) -> None:
    """Serve until Ctrl-C or a signal to end. Raises InvalidSettings if the address is taken or not this machine's, and
    LetsAnybodyIn if somebody unknown is not refused.

    The address is taken before the library is opened: what goes wrong most often is told first.
    """
    with listening(settings) as listener:
        from rag.desk import open_desk

        desk = open_desk(settings, serving=True)
        with desk:
            with _model_loading():
                server = _server(settings, desk, listener)
            try:
                server.run(sockets=[listener.socket])
            except KeyboardInterrupt:
                # uvicorn has ended its requests and passes the signal on; stopping is what was asked for.
                sys.stdout.write("\n")


@contextmanager
def _model_loading() -> Iterator[None]:
    """Load the embedded model meanwhile, or whoever asks first waits a third of a second for it. That it cannot be is
    told to them."""
    from index.embed import default_embedder

    def load() -> None:
        with suppress(OnRecordError):
            default_embedder().embed_query("")

    loading = threading.Thread(target=load, name="loads the model")
    loading.start()
    try:
        yield
    finally:
        loading.join()


def _announce(settings: Settings, desk: Desk, listener: Listener) -> None:
    where = f"{settings.public_url}, listening at {listener.address}," if settings.public_url else listener.address
    sys.stdout.write(f"On Record answers at {where} until Ctrl-C\n")
    if desk.writer is None and (offered := _offer(listener)):
        sys.stdout.write(f"{printable(offered)}\n")
    sys.stdout.flush()
    threading.Thread(target=_try_model, args=(desk,), name="tries the model", daemon=True).start()


def _try_model(desk: Desk) -> None:
    """Tell whoever started the server of a model that is not there; what talks to one is loaded by this, too."""
    from rag.errors import ModelUnavailable

    try:
        if desk.model is not None:
            desk.model.names()
    except ModelUnavailable as error:
        complain(str(error))


def _retain_daily(desk: Desk, site: Site, settings: Settings) -> None:
    """Remove what is older than the settings say, now and once a day; what cannot be is told, and tried again then."""
    from ui.retention import retain

    while site.audit is not None:
        try:
            retain(desk.corpus.library, site.records, site.audit, settings, datetime.now(UTC))
        except OnRecordError as error:
            complain(str(error))
        time.sleep(DAY)


def _offer(listener: Listener) -> str | None:
    """A model server that listens on this machine, where there is no model; not at the address taken here."""
    from rag.local.nearby import USUAL, nearby, offer

    return offer(nearby(tuple(place for place in USUAL if place[1] != listener.port)))


def _server(settings: Settings, desk: Desk, listener: Listener) -> Server:
    import uvicorn

    from ui.answerer import AtDesk
    from ui.app import create_app
    from ui.embed.embeds import unfiled
    from ui.selftest import require_refusal

    site = _site(settings, desk)
    model = desk.model_name if desk.writer else None
    app = create_app(AtDesk(desk), site, examples=_questions(settings.examples), model=model)
    # No proxy's word is taken by uvicorn, and the guard speaks for every header: uvicorn adds none of its own.
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=DRAINED_IN,
    )

    class Announced(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await require_refusal(app)
            await super().startup(sockets)
            _announce(settings, desk, listener)
            for sentence in unfiled(site.embeds, desk.corpus.library):
                complain(sentence)
            threading.Thread(target=_retain_daily, args=(desk, site, settings), name="retains", daemon=True).start()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            app.end_streams()
            await super().shutdown(sockets)
            if site.keeper is not None:
                await asyncio.to_thread(site.keeper.jobs.close)
            listener.remove()  # a signal that ends the process leaves no time for it afterwards

    return Announced(config)


def _site(settings: Settings, desk: Desk) -> Site:
    from ui.library.keeper import LibraryKeeper
    from ui.modelwatch import ModelWatch
    from ui.serving import Site

    site = Site.of(settings, desk.corpus.library)
    keeper = LibraryKeeper.of(settings, desk.corpus, site.records, site.audit)
    watch = ModelWatch(desk.model if desk.writer else None)
    return replace(site, keeper=keeper, model=watch)


def _questions(path: Path | None) -> tuple[str, ...]:
    """The lines of a file of questions; blank ones and those that begin with # are left out."""
    if path is None:
        return ()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSettings(f"the questions in {path} cannot be read ({error}); name a text file") from error
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
