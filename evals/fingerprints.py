"""What a run is made with: a fingerprint each of documents, settings, models, prompts and code, to see what changed.

No secret and no folder of this machine is in any of them.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from evals.case import Case
from evals.run_record import Fingerprints
from evals.scoring.evaluators import SCORERS
from index.corpus import Corpus
from rag.ask import Desk
from rag.local.machine import this_machine
from rag.settings import WITHOUT_EFFECT_ON_ANSWERS, Settings

_ANSWERING = ("rag", "index")
"""The packages that answers come from."""
_SOURCES = (".py", ".md", ".toml")
_ELSEWHERE = frozenset({"readers", "model_url", "embedder_url", "embedder_model"})
"""Settings that bear on answers through something with a fingerprint of its own: the documents, and the models."""
_CPU = Path("/proc/cpuinfo")

ANSWERS = ("documents", "settings", "embedder", "evidence_model", "model", "prompts", "verifier", "code")
"""The fingerprints that bear on an answer; the rest are of what is asked, of the scoring, and of the machine."""


def fingerprints(
    settings: Settings, desk: Desk, cases: Sequence[Case], *, judge: str | None = None, scripted: bool = False
) -> Fingerprints:
    """The fingerprints of a run of `cases` at `desk`, which was opened with `settings`.

    `judge` is the fingerprint of the model that scores; `scripted` says that the model that writes is a scripted one,
    whose address changes with every start.
    """
    writer = desk.writer
    named = f"scripted:{desk.model_name}" if scripted else (desk.model.fingerprint if desk.model else None)
    return Fingerprints(
        documents=documents(desk.corpus),
        generation=desk.corpus.generation,
        settings=_digest(in_force(settings, desk)),
        embedder=desk.corpus.embedder.fingerprint,
        evidence_model=desk.quoter.fingerprint,
        model=named,
        prompts=writer.fingerprint if writer else None,
        verifier=desk.verifier.fingerprint,
        judge=judge,
        code=code(),
        version=version("onrecord"),
        cases=_digest([*map(_told, cases), *((scorer.__name__, scorer.version) for scorer in SCORERS)]),
        machine=machine(),
    )


def in_force(settings: Settings, desk: Desk) -> tuple[tuple[str, str], ...]:
    """Names and values of the settings that bear on answers, as they are in effect, sorted; '' is unset.

    The model goes by the name that its server knows it by. What a reranker is made with may hold a key, and stands as
    a fingerprint.
    """
    values = settings.model_dump(mode="json", exclude=set(WITHOUT_EFFECT_ON_ANSWERS | _ELSEWHERE))
    values |= {"answer_threshold": desk.threshold, "model": desk.model_name}
    if options := values.pop("reranker_options"):
        values["reranker_options"] = _digest(options)
    return tuple(sorted((name, "" if value is None else str(value)) for name, value in values.items()))


def documents(corpus: Corpus) -> str:
    """Over every document's uri, version and readers."""
    with corpus.library.snapshot() as snapshot:
        return _digest([[each.uri, each.content_hash, each.readers] for each in snapshot.versions()])


def code() -> str:
    """Over the sources of what answers, as they are installed."""
    total = hashlib.sha256()
    for package in _ANSWERING:
        for path, source in sorted(_sources(files(package), package)):
            total.update(f"{path}\n{hashlib.sha256(source).hexdigest()}\n".encode())
    return total.hexdigest()[:16]


def machine() -> str:
    """Processor, cores and Python: runs on the same take the same time."""
    return f"{_processor()}, {this_machine().cores} cores, Python {platform.python_version()}"


def _sources(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for each in folder.iterdir():
        below = f"{path}/{each.name}"
        if each.is_dir():
            yield from _sources(each, below)
        elif each.name.endswith(_SOURCES):
            yield below, each.read_bytes()


def _processor() -> str:
    """The model of the processor as Linux names it, else what Python knows of the platform."""
    try:
        lines = _CPU.read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or f"{platform.system()} {platform.machine()}"


def _told(case: Case) -> object:
    """What a case asks and expects, without the note for people and without where it is written."""
    quotes = tuple(replace(each, place=None) for each in case.expected.quotes)
    return asdict(replace(case, note="", place=None, lines=(), expected=replace(case.expected, quotes=quotes)))


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]
