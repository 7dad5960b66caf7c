"""`onrecord model`: what models there are for this machine, fetching one, and choosing the one that writes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from rag.errors import InvalidSettings, LocalModelError
from ui import terminal
from ui.exits import DONE
from ui.options import AsJson, Config
from ui.printing import show_json

if TYPE_CHECKING:
    from rag.local.download import Wanted
    from rag.settings import Settings

NOTHING = "none"
"""What to `use` for answers of quotes alone."""

app = typer.Typer(
    name="model",
    help="Find, fetch and choose a model that writes answers. Without one, answers are exact quotes.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Folder = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder of the models.", show_default="onrecord/models in the data folder"),
]


@app.command("list")
def list_models(as_json: AsJson = False, folder: Folder = None, config: Config = None) -> int:
    """List models and model servers.

    What can be fetched, what is here, and what listens on this machine: the usual ports of Ollama, LM Studio, llama.cpp
    and vLLM are asked for their models, and sent nothing else.
    """
    from rag.settings import load
    from ui import model_view

    shelf = model_view.look(load(config, models=folder))
    if as_json:
        show_json(model_view.shelf_json(shelf))
    else:
        model_view.show(shelf, terminal.console())
    return DONE


@app.command()
def get(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A model of the list, or the address of a GGUF file.")],
    sha256: Annotated[
        str | None, typer.Option(metavar="HEX", help="What the file's hash must be, where an address is given.")
    ] = None,
    mirror: Annotated[
        str | None, typer.Option("--from", metavar="URL", help="Fetch from here instead of the public hub.")
    ] = None,
    folder: Folder = None,
    config: Config = None,
) -> int:
    """Fetch a model.

    Control-C keeps what has come; the same command goes on from there. Only a file with the right hash counts.
    """
    from rag.local.download import fetch
    from rag.local.gguf import read_head
    from rag.local.weights import SUFFIX
    from rag.local.weights import folder as folder_of
    from rag.settings import load
    from ui import model_view

    settings = load(config, models=folder)
    called, wanted = _wanted(name, sha256, mirror)
    to = folder_of(settings) / f"{called}{SUFFIX}"
    if to.exists():
        _need_same(to, wanted)
    else:
        with model_view.watched(called) as watcher:
            fetch(wanted, to, watcher)
    read_head(to)
    out = terminal.console()
    out.print(f"{called} is in {to}, with the right hash.", soft_wrap=True)
    out.print(f"Let it write answers: onrecord model use {called}", soft_wrap=True)
    return DONE


@app.command()
def use(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="A model that is here, a GGUF file, the address of a model server, or `none`."
        ),
    ],
    model: Annotated[str | None, typer.Option(metavar="NAME", help="Which model of that server.")] = None,
    folder: Folder = None,
    config: Config = None,
) -> int:
    """Choose the model that writes answers, in the settings file.

    Its other lines stay as they are.
    """
    from rag.settings import load
    from rag.settings_file import change, settings_file

    settings = load(config, models=folder)
    path = settings_file(config)
    values = _values(name, model, settings)
    changes = change(path, values)
    out = terminal.console()
    for each in changes:
        after = "not set" if each.after is None else each.after
        before = "not set" if each.before is None else each.before
        out.print(f"{path}: {each.name} is {after} (was {before})", soft_wrap=True)
    if not changes:
        out.print(f"{path} says so already.", soft_wrap=True)
    for note in _notes(values):
        terminal.complain(note)
    return DONE


def _wanted(name: str, sha256: str | None, mirror: str | None) -> tuple[str, Wanted]:
    """What to fetch, and what it is called here."""
    from rag.local.catalogue import named
    from rag.local.download import Wanted, below

    if not _is_address(name):
        entry = named(name)
        return entry.name, Wanted(entry.sha256, entry.bytes, below(entry.sources, mirror))
    called = Path(urlsplit(name).path).stem
    if sha256 is None or len(sha256) != 64 or not called:
        raise LocalModelError(
            "the file at an address has to be known by its hash; add --sha256 with the 64 digits that its page shows"
        )
    return called, Wanted(sha256.lower(), None, (name,))


def _need_same(path: Path, wanted: Wanted) -> None:
    from rag.local.download import sha256_of

    if sha256_of(path) != wanted.sha256:
        raise LocalModelError(f"{path} is another file than the one meant; remove it, or use it by its path")


def _values(name: str, model: str | None, settings: Settings) -> dict[str, str | None]:
    """The settings that let `name` write."""
    if name == NOTHING:
        return {"model": None, "model_url": None}
    if _is_address(name):
        url = name.rstrip("/") if urlsplit(name).path.strip("/") else f"{name.rstrip('/')}/v1"
        return {"model": model or _only_model(url), "model_url": url}
    return {"model": _local(name, settings), "model_url": None}


def _local(name: str, settings: Settings) -> str:
    """The setting for a model of this machine, which has to be one and to fit."""
    from rag.local.machine import this_machine
    from rag.local.server import plan_for
    from rag.local.weights import PREFIX, find, folder

    where = folder(settings)
    found = find(name.removeprefix(PREFIX), where)
    plan_for(found.path, found.name, this_machine(), context=settings.model_context, at_once=1)
    return f"{PREFIX}{found.name if found.path.parent == where else found.path}"


def _only_model(url: str) -> str | None:
    """The one model of a server on this machine; None for one elsewhere, which is asked when it is first needed."""
    from rag.exposure import is_loopback
    from rag.local.nearby import nearby

    parts = urlsplit(url)
    if parts.scheme != "http" or not is_loopback(parts.hostname or ""):
        return None
    there = nearby(((parts.netloc, parts.port or 80),), seconds=2.0)
    if not there:
        raise InvalidSettings(f"no model server answers at {url}; start it, or name its model with --model")
    if len(there[0].models) > 1:
        raise InvalidSettings(f"{url} offers {', '.join(there[0].models)}; choose one with --model")
    return there[0].models[0]


def _notes(values: dict[str, str | None]) -> Sequence[str]:
    """What stands between the settings file and a model that writes."""
    notes = []
    for variable in (f"ONRECORD_{name.upper()}" for name in values):
        if os.environ.get(variable):
            notes.append(f"the environment sets {variable}, which wins over the file; unset it")
    if str(values["model"]).startswith("local:") and find_spec("xllamacpp") is None:
        notes.append("llama.cpp is not installed; install it with `pip install 'onrecord[local]'` or `make local`")
    return notes


def _is_address(name: str) -> bool:
    return name.startswith(("http://", "https://"))
