"""Runs as files: one JSON object, checked against its form when it is read back."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from evals.errors import InvalidRun
from evals.laid_out import laid_out
from evals.run_record import FORMAT, Run

_RUN = TypeAdapter(Run)


def write_run(run: Run, path: Path, *, defaults: bool = True) -> None:
    """Write the run, replacing what stands at `path` only once all of it is written.

    Without `defaults`, fields that are at theirs are left out, for a file that people read; its format is not.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.part")
    beside.write_bytes((_RUN.dump_json(run, indent=1) if defaults else _short(run)) + b"\n")
    beside.replace(path)


def read_run(path: Path) -> Run:
    """The run at `path`. Raises InvalidRun if there is none or it is not one."""
    try:
        run = _RUN.validate_json(path.read_bytes())
    except OSError as error:
        raise InvalidRun(f"{path} cannot be read ({error.strerror}); name the results.json of a run") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "its beginning"
        raise InvalidRun(f"{path} is no stored run (at {where}: {first['msg']}); run the cases again") from error
    if run.format != FORMAT:
        raise InvalidRun(f"{path} has the format {run.format}, and this version reads {FORMAT}; run the cases again")
    return run


def _short(run: Run) -> bytes:
    kept: dict[str, object] = _RUN.dump_python(run, mode="json", exclude_defaults=True)
    return laid_out({"format": run.format} | kept).encode()
