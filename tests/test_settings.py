"""Settings: later sources win, unknown keys name the nearest, bad values say what to do, secrets stay secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rag.errors import InvalidSettings
from rag.exposure import is_loopback
from rag.settings import WITHOUT_EFFECT_ON_ANSWERS, Settings, labels, load

SECRET = "sk-do-not-show-me"


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str, name: str = "onrecord.toml") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refusal(config: Path | None = None, **flags: object) -> str:
    with pytest.raises(InvalidSettings) as caught:
        load(config, **flags)
    return str(caught.value)


def test_without_anything_the_defaults_hold() -> None:
    settings = load()
    assert settings == Settings()
    assert (settings.host, settings.port, settings.readers) == ("127.0.0.1", 8765, ("public",))


def test_environment_wins_over_file_and_flags_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    written("port = 1001\nsearch_limit = 11\nevidence_limit = 3")
    monkeypatch.setenv("ONRECORD_PORT", "1002")
    monkeypatch.setenv("ONRECORD_SEARCH_LIMIT", "12")
    settings = load(port=1003, search_limit=None)
    assert (settings.port, settings.search_limit, settings.evidence_limit) == (1003, 12, 3)


def test_calling_the_class_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    written("port = 1001")
    monkeypatch.setenv("ONRECORD_PORT", "1002")
    assert Settings().port == 8765


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_PORT", "")
    monkeypatch.setenv("ONRECORD_CONFIG", "")
    assert load().port == 8765


def test_the_file_can_be_named_by_variable_and_by_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    written("port = 1001", "a/one.toml")
    other = written("port = 1002", "b/two.toml")
    monkeypatch.setenv("ONRECORD_CONFIG", "a/one.toml")
    assert load().port == 1001
    assert load(other).port == 1002


def test_paths_in_the_file_are_relative_to_the_file() -> None:
    config = written(
        'library = "team"\nexamples = "questions.txt"\ntoken_key = "host.pem"\nidentity = "header"\nsocket = "on.sock"',
        "etc/onrecord.toml",
    )
    assert load(config).library == Path("etc/team")
    assert (load(config).token_key, load(config).socket) == (Path("etc/host.pem"), Path("etc/on.sock"))
    assert load(config).examples == Path("etc/questions.txt")
    assert load(config, library=Path("here")).library == Path("here")


def test_an_unknown_key_in_the_file_names_the_nearest() -> None:
    written("libary = 'x'")
    assert refusal() == "onrecord.toml sets libary, which is no setting; the nearest is library"


def test_an_unknown_variable_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_READER", "x")
    assert "the nearest is ONRECORD_READERS" in refusal()


def test_a_variable_of_somebody_else_is_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORDING_PORT", "1")
    monkeypatch.setenv("PORT", "1")
    assert load() == Settings()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"port": 65536}, "port from the command line"),
        ({"port": -1}, "port from the command line"),
        ({"port": "web"}, "valid integer"),
        ({"search_limit": 0}, "search_limit"),
        ({"evidence_limit": 1000}, "evidence_limit"),
        ({"answer_threshold": 1.5}, "answer_threshold"),
        ({"readers": ()}, "for instance public"),
        ({"readers": " , "}, "for instance public"),
        ({"identity": "anybody"}, "'local'"),
        ({"embedder_url": "localhost:8000", "embedder_model": "m"}, "begin it with http"),
        ({"embedder_url": "http://127.0.0.1:8000"}, "set both or neither"),
        ({"embedder_model": "m"}, "set both or neither"),
    ],
)
def test_a_value_that_cannot_be_used_is_one_sentence(flags: dict[str, object], said: str) -> None:
    message = refusal(None, **flags)
    assert said in message
    assert "\n" not in message


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "intranet.example", ""])
def test_local_identity_is_refused_off_loopback(host: str) -> None:
    message = refusal(host=host)
    assert "read every document" in message
    assert "use 127.0.0.1" in message


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"])
def test_loopback_is_allowed(host: str) -> None:
    assert is_loopback(host)
    assert load(host=host).host == host


@pytest.mark.parametrize("text", ["port = ", "port = 1\nport = 2", "[[", "\ud800".encode("utf-8", "replace").decode()])
def test_a_file_that_is_not_toml_is_named(text: str) -> None:
    written(text)
    assert refusal().startswith("onrecord.toml is not TOML")


def test_a_file_in_another_encoding_is_named() -> None:
    Path("onrecord.toml").write_bytes("library = 'Bücher'".encode("latin-1"))
    assert refusal().startswith("onrecord.toml is not TOML")


def test_a_file_that_is_named_has_to_be_there(tmp_path: Path) -> None:
    assert "No such file" in refusal(Path("nowhere.toml"))
    assert "Is a directory" in refusal(tmp_path)


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_EMBEDDER_KEY", SECRET)
    settings = load()
    assert settings.embedder_key is not None
    assert settings.embedder_key.get_secret_value() == SECRET
    for shown in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert SECRET not in shown


def test_a_secret_is_not_in_an_error_either() -> None:
    written(f'embedder_key = ["{SECRET}"]')
    with pytest.raises(InvalidSettings) as caught:
        load()
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_password_in_the_url_is_refused_without_showing_it() -> None:
    message = refusal(embedder_url=f"http://me:{SECRET}@127.0.0.1", embedder_model="m")
    assert "embedder_key" in message
    assert SECRET not in message


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1


CHANGES: dict[str, object] = {
    "library": "x",
    "host": "::1",
    "port": 1,
    "socket": "on.sock",
    "public_url": "https://ask.example.org",
    "hosts": ("ask.example.org",),
    "identity": "keys",
    "trusted_peers": ("192.0.2.7",),
    "identity_header": "X-Auth-User",
    "groups_header": "X-Auth-Groups",
    "oidc_issuer": "https://id.example.org",
    "oidc_client": "onrecord",
    "oidc_secret": "s",
    "oidc_user": "email",
    "oidc_groups": "roles",
    "session_hours": 1.0,
    "token_secret": "0123456789abcdef0123456789abcdef",
    "token_key": "host.pem",
    "embeds": {"wiki": {"origins": ("https://wiki.example.org",), "audience": "public"}},
    "link_hosts": ("example.org",),
    "limit_user": "1/minute",
    "limit_key": "1/minute",
    "answers_each": 1,
    "answers_at_once": 1,
    "answers_waiting": 1,
    "librarians": ("group:library",),
    "fetch_hosts": ("wiki.example.org",),
    "upload_mib": 1,
    "records_url": "postgresql://onrecord@127.0.0.1/onrecord",
    "conversation_days": 1,
    "feedback_days": 1,
    "audit_days": 1,
    "audit_questions": True,
    "examples": "questions.txt",
    "readers": ("press",),
    "search_limit": 3,
    "evidence_limit": 3,
    "answer_threshold": 0.9,
    "embedder_url": "http://127.0.0.1",
    "embedder_model": "m",
    "embedder_key": "k",
    "model": "m",
    "model_url": "http://127.0.0.1",
    "model_key": "k",
    "model_streaming": False,
    "model_context": 4096,
    "model_answer_tokens": 64,
    "model_first_seconds": 1.0,
    "model_seconds": 1.0,
    "model_at_once": 2,
    "model_input_price": 1.0,
    "model_output_price": 1.0,
    "judge_model": "j",
    "models": "x",
    "reranker": "package.module:Class",
    "reranker_options": {"top_n": 3},
}
PARTNERS: dict[str, dict[str, object]] = {
    "embedder_url": {"embedder_model": "m"},
    "embedder_model": {"embedder_url": "http://127.0.0.1"},
    "model_input_price": {"model_output_price": 1.0},
    "model_output_price": {"model_input_price": 1.0},
    "reranker_options": {"reranker": "package.module:Class"},
    "judge_model": {"model_url": "http://127.0.0.1"},
    "socket": {"identity": "keys"},
    "public_url": {"identity": "keys"},
    "hosts": {"identity": "keys"},
}


def test_the_fingerprint_tells_what_shapes_an_answer_and_nothing_else() -> None:
    assert set(CHANGES) == set(Settings.model_fields)
    base = Settings().fingerprint()
    for name, value in CHANGES.items():
        changed = Settings.model_validate({name: value} | PARTNERS.get(name, {}))
        assert (changed.fingerprint() == base) == (name in WITHOUT_EFFECT_ON_ANSWERS), name


def test_where_several_are_served_nobody_reads_what_names_no_readers_unless_that_is_set() -> None:
    assert Settings().readers_unless_named == ("public",)
    assert Settings.model_validate({"identity": "keys"}).readers_unless_named == ("nobody",)
    for readers in ("public", "press"):
        assert Settings.model_validate({"identity": "keys", "readers": readers}).readers_unless_named == (readers,)


def test_labels_from_a_list_keep_their_order_and_are_told_once() -> None:
    assert labels(" press, legal ,press,, hr;it|hr") == ("press", "legal", "hr", "it")


@given(st.lists(st.from_regex(r"[a-z0-9:_-]+", fullmatch=True)))
def test_labels_read_what_was_joined(names: list[str]) -> None:
    assert labels(", ".join(names)) == tuple(dict.fromkeys(names))
