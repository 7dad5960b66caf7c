"""What a server listens on, taken and let go: a port of this machine, or a Unix socket for a proxy on it."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import InvalidSettings

if TYPE_CHECKING:
    from rag.serving import ServingSettings

BACKLOG = 128
SOCKET_MODE = 0o660
"""For the server's user and the group that the proxy is in."""


@dataclass(frozen=True, slots=True)
class Listener:
    """What is listened on, and its address as people write it. A port has no file, and a Unix socket no port; `inode`
    tells the file made here from one that another server has put in its place."""

    socket: socket.socket
    address: str
    port: int | None = None
    path: Path | None = None
    inode: int = 0

    def remove(self) -> None:
        """Take the file away, where there is one and it is still ours: nobody can connect any more."""
        if self.path is not None:
            with suppress(FileNotFoundError):
                if self.path.stat().st_ino == self.inode:
                    self.path.unlink()


@contextmanager
def listening(settings: ServingSettings) -> Iterator[Listener]:
    """The address that the settings name, for as long as the block lasts; connections wait until they are accepted.

    Raises InvalidSettings if it is taken, not this machine's, or a file of another kind.
    """
    if settings.socket is not None:
        with _unix(settings.socket) as listener:
            yield listener
    else:
        with _port(settings.host, settings.port) as taken:
            yield Listener(taken, _address(taken), taken.getsockname()[1])


def _port(host: str, port: int) -> socket.socket:
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise InvalidSettings(
            f"port {port} of {host} cannot be served ({error.strerror}); name another: --port 0 takes a free one"
        ) from error


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _unix(path: Path) -> Iterator[Listener]:
    """A socket at `path`, which nobody but its user and group can open from the moment it is there."""
    _make_way(path)
    with socket.socket(socket.AF_UNIX) as listener:
        before = os.umask(0o777 & ~SOCKET_MODE)
        try:
            listener.bind(str(path))
            listener.listen(BACKLOG)
        except OSError as error:
            raise InvalidSettings(
                f"the socket {path} cannot be served ({error.strerror or error}); name a short path in a folder that "
                "this user may write to"
            ) from error
        finally:
            os.umask(before)
        made = Listener(listener, f"the socket {path}", path=path, inode=path.stat().st_ino)
        try:
            yield made
        finally:
            made.remove()


def _make_way(path: Path) -> None:
    """Remove a socket on which nobody listens any more; whatever else is there stays, and is told."""
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(kind):
        raise InvalidSettings(f"{path} is there and is no socket; name another path for the socket, or remove it")
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(2)
        try:
            caller.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise InvalidSettings(
                f"whether a server listens on the socket {path} cannot be told ({error.strerror or error}); "
                "see to its permissions, or name another path"
            ) from error
        else:
            raise InvalidSettings(f"a server listens on the socket {path} already; stop it, or name another path")
