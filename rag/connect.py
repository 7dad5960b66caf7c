"""From settings to the model that writes: at an endpoint, or on this machine; None where none is named."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from rag.errors import InvalidSettings
from rag.judge import Judge
from rag.local import LocalModel, started
from rag.model import Limits, Model, Prices
from rag.settings import Settings
from rag.weights import PREFIX


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
        return Connection(_model(settings, server.name, server.url, server.key), server.context, server)
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
    return _model(settings, name, settings.model_url, key.get_secret_value() if key else None)


def _model(settings: Settings, name: str, url: str | None, key: str | None) -> Model:
    prices = None
    if settings.model_input_price is not None and settings.model_output_price is not None:
        prices = Prices(settings.model_input_price, settings.model_output_price)
    limits = Limits(settings.model_first_seconds, settings.model_seconds, at_once=settings.model_at_once)
    return Model(url, name, key, limits=limits, prices=prices, streaming=settings.model_streaming)
