"""From the name of a judge model to the judge: at the server of the settings, or on this machine."""

from __future__ import annotations

from evals.judging.judge import Judge
from rag.connect import connect
from rag.errors import InvalidSettings
from rag.local.weights import PREFIX
from rag.settings import Settings


def open_judge(settings: Settings, name: str) -> Judge:
    """The judge `name`: a model at `model_url`, or `local:` and a name or a GGUF file. Close it when done.

    It never is whatever a server happens to offer, since grades of different judges do not compare. Raises
    InvalidSettings where no server is set, and LocalModelError where a model of this machine cannot be started.
    """
    is_here = name.startswith(PREFIX)
    if not is_here and not _has_server(settings):
        raise InvalidSettings(f"the judge {name} has no server; set model_url, or name a model here as {PREFIX}NAME")
    connection = connect(settings.model_copy(update={"model": name})) if name.strip() else None
    if connection is None:
        raise InvalidSettings("the judge has no name; give that of a model")
    at_once = settings.model_at_once if connection.server is None else connection.server.at_once
    return Judge(connection.model, at_once=at_once, server=connection.server)


def _has_server(settings: Settings) -> bool:
    """A model that is named without a server is asked at OpenAI's, on purpose; a judge alone is not sent there."""
    return settings.model_url is not None or (settings.model is not None and not settings.model.startswith(PREFIX))
