"""`python -m evals.modelserver`: serve the scripted models, print the base URL on one line, go on until killed."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import suppress

from evals.modelserver.server import ModelServer


def main() -> None:
    """Serve what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m evals.modelserver", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    given = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(given.host, given.port))


async def _serve(host: str, port: int) -> None:
    server = ModelServer(host, port)
    sys.stdout.write(f"{await server.start()}\n")
    sys.stdout.flush()
    await server.forever()


if __name__ == "__main__":
    main()
