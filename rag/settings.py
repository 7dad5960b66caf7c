"""What a person sets: one frozen `Settings` from `onrecord.toml`, then `ONRECORD_*`, then flags; later ones win.

Strict on purpose: a key that does not exist is an error that names the nearest one, since a typo that is silently
ignored looks like a setting that does not work. Read at entry points only and handed down from there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from index.principal import NOBODY, PUBLIC
from rag import effect
from rag.errors import InvalidSettings
from rag.serving import ServingSettings

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

PREFIX = "ONRECORD_"
CONFIG_VARIABLE = "ONRECORD_CONFIG"
"""Names the settings file; itself no setting."""
DEFAULT_FILE = Path("onrecord.toml")
WITHOUT_EFFECT_ON_ANSWERS = frozenset(
    {"library", "models", "embedder_key", "model_key", "model_at_once", "model_input_price", "model_output_price"}
).union(ServingSettings.model_fields)
"""Where things are and who gets in: two runs that differ only here answer alike."""


class Settings(ServingSettings):
    """Every setting with its default. Made by `load`; calling the class reads neither file nor environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True)

    library: Path = Field(
        default=Path("onrecord-library"),
        description="Folder of the library; relative to the settings file, or to where the command runs.",
    )
    readers: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(PUBLIC,),
        description="Who may read a document that names no readers; labels, separated by commas. Unset, with an "
        "`identity` other than `local`: `nobody`.",
    )
    search_limit: int = Field(
        default=20, ge=1, le=100, description="Passages an answer is looked for in, and that `search` lists."
    )
    evidence_limit: int = Field(default=6, ge=1, le=50, description="Quotes that an answer holds at most.")
    answer_threshold: float | None = Field(
        default=None, ge=0.0, le=1.0, description="Answer from this probability on; unset: as calibrated."
    )
    embedder_url: str | None = Field(
        default=None, description="Base URL of an OpenAI-compatible embeddings endpoint; unset: the embedded model."
    )
    embedder_model: str | None = Field(default=None, description="Model asked for at `embedder_url`.")
    embedder_key: SecretStr | None = Field(default=None, description="Key for `embedder_url`; never shown.")
    model: str | None = Field(
        default=None,
        description="Model that writes answers from the quotes: a name at `model_url`, or `local:` and a name or a "
        "GGUF file for one on this machine; unset: exact quotes only.",
    )
    model_url: str | None = Field(
        default=None,
        description="Base URL of an OpenAI-compatible server, as http://127.0.0.1:11434/v1; unset, with a `model`: "
        "`OPENAI_BASE_URL`, else OpenAI itself.",
    )
    model_key: SecretStr | None = Field(default=None, description="Key for `model_url`; never shown.")
    model_streaming: bool = Field(default=True, description="Ask the model for its answer word by word.")
    model_context: int = Field(default=8192, ge=2048, description="Tokens that the model reads and writes at most.")
    model_answer_tokens: int = Field(default=600, ge=32, description="Tokens that the model may write for an answer.")
    model_first_seconds: float | None = Field(
        default=None,
        gt=0,
        le=600,
        description="Seconds until the model's first word, after which there is no prose; unset: 15, and 120 for a "
        "model on this machine.",
    )
    model_seconds: float | None = Field(
        default=None,
        gt=0,
        le=3600,
        description="Seconds for the model's whole answer, after which it ends; unset: 60, and 300 for a model on this "
        "machine.",
    )
    model_at_once: int = Field(default=8, ge=1, le=1000, description="Requests to the model at the same time.")
    model_input_price: float | None = Field(
        default=None, ge=0, description="Price of a million tokens read, in your currency; with the other: costs shown."
    )
    model_output_price: float | None = Field(default=None, ge=0, description="Price of a million tokens written.")
    judge_model: str | None = Field(
        default=None, description="Model at `model_url` that may veto what the checker lets stand; unset: none."
    )
    models: Path | None = Field(
        default=None,
        description="Folder of the models on this machine; unset: onrecord/models where this system keeps programs' "
        "data.",
    )
    reranker: str | None = Field(
        default=None,
        description="A llama-index postprocessor that reorders the passages, as `module:Class`; unset: none.",
    )
    reranker_options: dict[str, object] = Field(
        default_factory=dict, description="What the reranker is made with, such as {top_n = 10}."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what it is called with: `load` reads the file and the environment, at entry points."""
        return (init_settings,)

    @field_validator("readers", mode="before")
    @classmethod
    def _labels(cls, value: object) -> object:
        return labels(value) if isinstance(value, str) else value

    @field_validator("readers")
    @classmethod
    def _some_reader(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or not all(label.strip() for label in value):
            raise ValueError("it names nobody; give at least one label, for instance public")
        return value

    @field_validator("embedder_url", "model_url")
    @classmethod
    def _plain_url(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("it is no URL; begin it with http:// or https://")
        if value is not None and "@" in value:
            key = f"{str(info.field_name).removesuffix('_url')}_key"
            raise ValueError(f"it holds a user or password, which would be shown; give that in {key}")
        return value

    @field_validator("reranker")
    @classmethod
    def _module_and_class(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[\w.]+:\w+", value):
            raise ValueError("it names no class; write it as module:Class")
        return value

    @model_validator(mode="after")
    def _endpoint_is_whole(self) -> Self:
        if (self.embedder_url is None) != (self.embedder_model is None):
            raise ValueError("embedder_url and embedder_model go together; set both or neither")
        return self

    @model_validator(mode="after")
    def _prices_are_whole(self) -> Self:
        if (self.model_input_price is None) != (self.model_output_price is None):
            raise ValueError("model_input_price and model_output_price go together; set both or neither")
        return self

    @model_validator(mode="after")
    def _reranker_is_named(self) -> Self:
        if self.reranker_options and self.reranker is None:
            raise ValueError("reranker_options are for a reranker, and none is set; set reranker or leave them out")
        return self

    @model_validator(mode="after")
    def _has_an_effect(self) -> Self:
        for check in effect.ANSWERING:
            check(self)
        return self

    @property
    def readers_unless_named(self) -> tuple[str, ...]:
        """Who may read a document that names no readers: `readers`, and nobody where several people are served and
        nothing was set."""
        return self.readers if self.identity == "local" or "readers" in self.model_fields_set else (NOBODY,)

    def fingerprint(self) -> str:
        """Sixteen hex digits of everything that shapes an answer; where the library is and secrets are left out."""
        values = self.model_dump(mode="json", exclude=set(WITHOUT_EFFECT_ON_ANSWERS))
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def load(config: Path | None = None, **flags: object | None) -> Settings:
    """The settings in force: the file `config` (or `ONRECORD_CONFIG`, or `onrecord.toml` here if there is one), then
    the environment, then `flags`, of which those that are None are not given.

    Raises InvalidSettings for an unknown key or a value that cannot be used.
    """
    path = config or Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_FILE)
    sources = (
        _Source("the command line", {name: value for name, value in flags.items() if value is not None}),
        _environment(),
        _file(path) if path != DEFAULT_FILE or path.is_file() else _Source("no file", {}),
    )
    merged = {name: value for source in reversed(sources) for name, value in source.values.items()}
    try:
        return Settings.model_validate(_usual_server(merged) | merged)
    except ValidationError as error:
        # The cause is left out: it holds the values, and one of them may be a secret.
        raise InvalidSettings(_sentence(error.errors(include_input=False, include_url=False)[0], sources)) from None


def labels(text: str) -> tuple[str, ...]:
    """Reader labels from a list separated by commas (or `;` or `|`, as in sources.csv), in order, each once.

    >>> labels("press, legal,press")
    ('press', 'legal')
    """
    return tuple(dict.fromkeys(label.strip() for label in re.split(r"[,;|]", text) if label.strip()))


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    values: Mapping[str, object]


def _file(path: Path) -> _Source:
    try:
        values: dict[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidSettings(f"{path} cannot be read ({error.strerror}); name a settings file that can") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSettings(f"{path} is not TOML ({error}); correct it there") from error
    for key in values:
        _refuse_unknown(key, key, str(path))
    for key in ("library", "examples", "models", "socket", "token_key"):
        if isinstance(relative := values.get(key), str):
            values[key] = path.parent / relative
    return _Source(str(path), values)


def _environment() -> _Source:
    for variable in os.environ:
        if variable.upper().startswith(PREFIX) and variable.upper() != CONFIG_VARIABLE:
            _refuse_unknown(variable.upper().removeprefix(PREFIX).lower(), variable, "the environment")
    return _Source("the environment", EnvSettingsSource(Settings, env_ignore_empty=True)())


def _usual_server(named: Mapping[str, object]) -> dict[str, object]:
    """The server and key that other programs use too, for a model that is named without one.

    Without a name they connect nothing, since documents leave this machine only on purpose; and the key goes to no
    other server than its own.
    """
    base, key = os.environ.get("OPENAI_BASE_URL"), os.environ.get("OPENAI_API_KEY")
    url, model = named.get("model_url"), named.get("model")
    is_elsewhere = (url is not None and url != base) or str(model).startswith("local:")
    if is_elsewhere or (url is None and model is None):
        return {}
    return {name: value for name, value in (("model_url", base), ("model_key", key)) if value}


def _refuse_unknown(key: str, shown: str, where: str) -> None:
    if key not in Settings.model_fields:
        nearest = get_close_matches(key, Settings.model_fields, n=1, cutoff=0.0)[0]
        meant = PREFIX + nearest.upper() if shown.upper().startswith(PREFIX) else nearest
        raise InvalidSettings(f"{where} sets {shown}, which is no setting; the nearest is {meant}")


def _sentence(error: ErrorDetails, sources: Iterable[_Source]) -> str:
    message = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return message
    name = str(error["loc"][0])
    where = next((source.name for source in sources if name in source.values), "nowhere")
    return f"the setting {name} from {where} cannot be used: {message[0].lower()}{message[1:]}"
