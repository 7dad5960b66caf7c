"""The chat page on an address of this machine: bind, open the library, serve until told to stop."""

from __future__ import annotations

import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import InvalidSettings
from ui.terminal import complain, printable

if TYPE_CHECKING:
    from uvicorn import Server

    from rag.ask import Desk
    from rag.settings import Settings


def serve(settings: Settings) -> None:
    """Serve until Ctrl-C or a signal to end. Raises InvalidSettings if the address is taken or not this machine's.

    The address is taken before the library is opened: what goes wrong most often is told first.
    """
    with _listening(settings.host, settings.port) as listener:
        from rag.desk import open_desk

        desk = open_desk(settings, serving=True)
        with desk:
            server = _server(desk, _questions(settings.examples))
            sys.stdout.write(f"On Record answers at {_address(listener)} until Ctrl-C\n")
            if desk.writer is None and (offered := _offer(listener)):
                sys.stdout.write(f"{printable(offered)}\n")
            sys.stdout.flush()
            threading.Thread(target=_try_model, args=(desk,), name="tries the model", daemon=True).start()
            try:
                server.run(sockets=[listener])
            except KeyboardInterrupt:
                # uvicorn has ended its requests and passes the signal on; stopping is what was asked for.
                sys.stdout.write("\n")


def _try_model(desk: Desk) -> None:
    """Tell whoever started the server of a model that is not there; what talks to one is loaded by this, too."""
    from rag.errors import ModelUnavailable

    try:
        if desk.model is not None:
            desk.model.names()
    except ModelUnavailable as error:
        complain(str(error))


def _offer(listener: socket.socket) -> str | None:
    """A model server that listens on this machine, where there is no model; not at the address taken here."""
    from rag.local.nearby import USUAL, nearby, offer

    taken = listener.getsockname()[1]
    return offer(nearby(tuple(place for place in USUAL if place[1] != taken)))


def _listening(host: str, port: int) -> socket.socket:
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise InvalidSettings(
            f"port {port} of {host} cannot be served ({error.strerror}); name another: --port 0 takes a free one"
        ) from error


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _server(desk: Desk, questions: tuple[str, ...]) -> Server:
    import uvicorn

    from ui.answerer import AtDesk
    from ui.app import create_app

    app = create_app(AtDesk(desk), examples=questions, model=desk.model_name if desk.writer else None)
    # No proxy is trusted, and the guard speaks for every header: uvicorn adds none of its own.
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )

    class LettingGo(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            app.end_streams()
            await super().shutdown(sockets)

    return LettingGo(config)


def _questions(path: Path | None) -> tuple[str, ...]:
    """The lines of a file of questions; blank ones and those that begin with # are left out."""
    if path is None:
        return ()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSettings(f"the questions in {path} cannot be read ({error}); name a text file") from error
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
