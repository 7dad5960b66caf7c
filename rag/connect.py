"""From settings to the model that writes: at an endpoint, or on this machine; None where none is named."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from rag.checking.judge import Judge
from rag.errors import InvalidSettings
from rag.local.server import LocalModel, started
from rag.local.weights import PREFIX
from rag.model import Limits, Model, Prices
from rag.settings import Settings

ELSEWHERE = (15.0, 60.0)
HERE = (120.0, 300.0)
"""Seconds until the first word and until the last: of a model at a server, and of one that runs on this machine, whose
processor reads some hundred tokens a second while the evidence has a thousand."""


@dataclass(frozen=True, slots=True)
class Connection:
    """The model that writes, how many tokens it reads and writes at most, and its server where that is ours."""

    model: Model
    context: int
    server: LocalModel | None = None


def connect(settings: Settings) -> Connection | None:
    """The model that the settings name; where they name only its server, the one model that this offers.

    Raises InvalidSettings where the server must be asked for its models and offers none or several, ModelUnavailable
    where it cannot be asked, and LocalModelError where a model of this machine cannot be started.
    """
    if settings.model is not None and settings.model.startswith(PREFIX):
        server = started(settings.model, settings)
        limits = _limits(settings, HERE, min(settings.model_at_once, server.at_once))
        model = _model(settings, server.name, server.url, server.key, limits, server.fingerprint)
        return Connection(model, server.context, server)
    if settings.model is None and settings.model_url is None:
        return None
    return Connection(_at_endpoint(settings, settings.model or _only_one(settings)), settings.model_context)


def judge(settings: Settings) -> Judge | None:
    """The model that may veto sentences, at the same endpoint."""
    return None if settings.judge_model is None else Judge(_at_endpoint(settings, settings.judge_model))


def _only_one(settings: Settings) -> str:
    """The model of an endpoint that offers one and no other."""
    with closing(_at_endpoint(settings, "")) as server:
        names = server.names()
    if len(names) != 1:
        offered = f"offers {', '.join(names)}" if names else "offers no model"
        raise InvalidSettings(f"{settings.model_url} {offered}; name the one that is to write in model")
    return names[0]


def _at_endpoint(settings: Settings, name: str) -> Model:
    key = settings.model_key
    limits = _limits(settings, ELSEWHERE, settings.model_at_once)
    return _model(settings, name, settings.model_url, key.get_secret_value() if key else None, limits)


def _limits(settings: Settings, usual: tuple[float, float], at_once: int) -> Limits:
    first, whole = settings.model_first_seconds or usual[0], settings.model_seconds or usual[1]
    return Limits(min(first, whole), whole, at_once=at_once)


def _model(
    settings: Settings, name: str, url: str | None, key: str | None, limits: Limits, fingerprint: str | None = None
) -> Model:
    prices = None
    if settings.model_input_price is not None and settings.model_output_price is not None:
        prices = Prices(settings.model_input_price, settings.model_output_price)
    streaming = settings.model_streaming
    return Model(url, name, key, limits=limits, prices=prices, streaming=streaming, fingerprint=fingerprint)
