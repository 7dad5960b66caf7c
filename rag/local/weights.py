"""From what a person names to a model's file on this machine: a name of the catalogue, a file in the folder, a path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rag.effect import LOCAL_MODEL
from rag.errors import LocalModelError
from rag.local.catalogue import catalogue
from rag.settings import Settings

PREFIX = LOCAL_MODEL
"""What the setting `model` begins with where it names a model of this machine."""
SUFFIX = ".gguf"


@dataclass(frozen=True, slots=True)
class Weights:
    """A model's file, and the name it goes by."""

    name: str
    path: Path


def folder(settings: Settings) -> Path:
    """Where models are kept: the setting `models`, else the place for data of programs on this system."""
    if settings.models is not None:
        return settings.models
    from platformdirs import user_data_path

    return user_data_path("onrecord", appauthor=False) / "models"


def installed(where: Path) -> tuple[Weights, ...]:
    """The models in a folder, by name; none if there is no such folder."""
    return tuple(Weights(path.stem, path) for path in sorted(where.glob(f"*{SUFFIX}")) if path.is_file())


def find(spec: str, where: Path) -> Weights:
    """The model that `spec` names: the path of a GGUF file, or the name of one in the folder `where`.

    Raises LocalModelError where there is none, with what would bring it.
    """
    path = Path(spec).expanduser()
    if spec.lower().endswith(SUFFIX) or "/" in spec:
        if not path.is_file():
            raise LocalModelError(f"there is no file {path}; name a GGUF file that exists")
        return Weights(path.stem, path.absolute())
    there = {each.name: each for each in installed(where)}
    if spec in there:
        return there[spec]
    if spec in {entry.name for entry in catalogue()}:
        raise LocalModelError(f"the model {spec} is not in {where}; fetch it with `onrecord model get {spec}`")
    known = ", ".join(there) or "none"
    raise LocalModelError(f"there is no model {spec} in {where} (there: {known}); see `onrecord model list`")
