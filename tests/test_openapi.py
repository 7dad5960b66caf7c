"""The description of the API, held to the API: every route in it, every response as it says, whatever is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from index.principal import PUBLIC, Principal
from rag.ask import Desk
from rag.quote import Quoter
from rag.settings import Settings
from tests.served import serving
from tests.shelf import shelf
from tests.test_answerer import HARVEST, QUESTION, TALKS
from ui.answerer import AtDesk
from ui.app import create_app
from ui.routes import every
from ui.serving import Site

EXAMPLES = 12
"""Requests of each kind for each operation."""
Object = dict[str, Any]


@dataclass(frozen=True)
class Api:
    """A served library with the key of somebody who reads all of it, and a conversation of theirs."""

    address: str
    key: dict[str, str]
    description: Object
    told: Object
    seen: list[int] = field(default_factory=list)

    def send(self, method: str, path: str, body: object = None) -> httpx2.Response:
        return httpx2.request(method, self.address + path, headers=self.key, json=body, timeout=20)

    def follows(self, response: httpx2.Response, method: str, path: str) -> Object:
        """The object of a response, which is as the description says, and holds nothing more; empty where there is no
        body."""
        described = self.description["paths"][path][method.lower()]["responses"][str(response.status_code)]
        if "content" not in described:
            assert response.content == b""
            return {}
        wanted = described["content"]["application/json"]["schema"]
        root = {"components": tightened(self.description["components"]), **wanted}
        errors = list(Draft202012Validator(root).iter_errors(response.json()))
        assert not errors, errors[0]
        return dict(response.json())


def tightened(value: object) -> object:
    """The same schemas, admitting no field that they do not name."""
    if isinstance(value, list):
        return [tightened(each) for each in value]
    if not isinstance(value, dict):
        return value
    more = {"additionalProperties": False} if isinstance(value.get("properties"), dict) and "type" in value else {}
    return {name: tightened(each) for name, each in value.items()} | more


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    quoter = Quoter()
    folder = tmp_path_factory.mktemp("library")
    with shelf(folder, [HARVEST, TALKS]) as corpus:
        reader = Principal("key:tests", frozenset({PUBLIC, "farmers"}))
        _, secret = corpus.library.records.keys.make("tests", reader, None, None)
        site = Site.of(
            Settings(identity="keys", library=folder, limit_key="1000000/minute", answers_each=10), corpus.library
        )
        desk = Desk(corpus, quoter, quoter.threshold)
        key = {"authorization": f"Bearer {secret}"}
        with serving(lambda: create_app(AtDesk(desk), site)) as address:
            described = httpx2.get(f"{address}/api/v1/openapi.json", headers=key).json()
            body = {"question": QUESTION.text, "conversation": "new"}
            told = httpx2.post(f"{address}/api/v1/ask", headers=key, json=body, timeout=20).json()
            yield Api(address, key, described, told)


def operations(api: Api) -> Iterator[tuple[str, str, Object]]:
    for path, methods in api.description["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_every_route_is_described_and_nothing_else(api: Api) -> None:
    described = {(method, re.sub(r"\{\w+\}", "0" * 32, path)) for method, path, _ in operations(api)}
    for row in every.ROUTES:
        for method in row.methods:
            assert any(row.path.fullmatch(path) and method == named for named, path in described), (row.path, method)
    for method, path in described:
        assert any(row.path.fullmatch(path) and method in row.methods for row in every.ROUTES), (method, path)


def test_the_description_is_one(api: Api) -> None:
    assert api.description["openapi"].startswith("3.1.")
    Draft202012Validator.check_schema({"$defs": api.description["components"]["schemas"]})
    for method, path, operation in operations(api):
        assert operation["description"], (method, path)
        statuses = operation["responses"].keys()
        assert {"401", "403", "503"} <= statuses
        assert "422" not in statuses
    assert api.description["security"] == [{"key": []}]


@pytest.mark.parametrize("secret", ["", "ork_wrong"])
def test_whoever_is_not_known_gets_the_described_refusal(api: Api, secret: str) -> None:
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    for method, path, _ in operations(api):
        filled = re.sub(r"\{\w+\}", "0" * 32, path)
        body: Object | None = {} if method in ("POST", "PATCH") else None
        response = httpx2.request(method, api.address + filled, headers=headers, json=body)
        assert response.status_code == 401, (method, path)
        assert list(api.follows(response, method, path)) == ["error"]


# What is answered to one who asks as they should.


def test_an_answer_is_as_described(api: Api) -> None:
    answered = api.send("POST", "/api/v1/ask", {"question": QUESTION.text, "id": 7, "as_of": "2026-01-01"})
    answer = api.follows(answered, "POST", "/api/v1/ask")
    assert answer["status"] == "answered"
    assert answer["evidence"][0]["why"]["words"]
    assert answer["outside"]["documents"] == 0
    abstained = api.send("POST", "/api/v1/ask", {"question": "What is the population of Brazil?"})
    assert api.follows(abstained, "POST", "/api/v1/ask")["status"] == "abstained"


def test_a_checked_text_is_as_described(api: Api) -> None:
    text = "Talks in the capital lasted five hours. Talks in the capital lasted nine hours."
    checked = api.send("POST", "/api/v1/check", {"text": text})
    assert len(api.follows(checked, "POST", "/api/v1/check")["sentences"]) == 2


def test_documents_are_as_described(api: Api) -> None:
    found = api.send("POST", "/api/v1/search", {"question": "harvest of barley"})
    assert api.follows(found, "POST", "/api/v1/search")["passages"]
    listed = api.send("GET", "/api/v1/documents?limit=1")
    assert api.follows(listed, "GET", "/api/v1/documents")["next"]
    chosen = api.send("POST", "/api/v1/search", {"question": "harvest", "publishers": ["Nobody"], "to": "2025-01-01"})
    assert api.follows(chosen, "POST", "/api/v1/search")["passages"] == []
    offered = api.follows(api.send("GET", "/api/v1/scope"), "GET", "/api/v1/scope")
    assert offered["documents"] == 2
    source = api.send("GET", f"/api/v1/source/{TALKS.id}")
    assert api.follows(source, "GET", "/api/v1/source/{document}")["uri"] == TALKS.uri


def test_a_conversation_is_as_described_and_so_is_what_is_done_to_it(api: Api) -> None:
    body = {"question": QUESTION.text, "conversation": "new"}
    told = api.send("POST", "/api/v1/ask", body).json()
    one, path = f"/api/v1/history/{told['conversation']}", "/api/v1/history/{id}"
    listed = api.follows(api.send("GET", "/api/v1/history?limit=1"), "GET", "/api/v1/history")
    assert listed["conversations"]
    shown = api.follows(api.send("GET", one), "GET", path)
    assert shown["turns"][0]["answer"]["evidence"]
    api.follows(api.send("PATCH", one, {"title": "Talks"}), "PATCH", path)
    verdict = {"turn": told["turn"], "verdict": "up"}
    api.follows(api.send("POST", "/api/v1/feedback", verdict), "POST", "/api/v1/feedback")
    deleted = api.send("DELETE", one)
    assert deleted.status_code == 204
    api.follows(api.send("DELETE", one), "DELETE", path)


# What is answered to whatever else may be sent.


def all_operations(description: Object) -> dict[str, APIOperation[Any, Any, Any, Any]]:
    """The operations by name, without the key, which is sent with every request here."""
    open_to_all = json.loads(json.dumps(description))
    del open_to_all["security"], open_to_all["components"]["securitySchemes"]
    schema = schemathesis.openapi.from_dict(open_to_all)
    found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    return {each.label: each for each in found}


NAMES = sorted(f"{method} {path}" for method, path in [
    ("POST", "/api/v1/ask"),
    ("POST", "/api/v1/check"),
    ("POST", "/api/v1/search"),
    ("GET", "/api/v1/documents"),
    ("GET", "/api/v1/source/{document}"),
    ("GET", "/api/v1/history"),
    ("GET", "/api/v1/history/{id}"),
    ("PATCH", "/api/v1/history/{id}"),
    ("DELETE", "/api/v1/history/{id}"),
    ("POST", "/api/v1/feedback"),
])  # fmt: skip
SENT = [(name, mode) for name in NAMES for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
SENT.append(("GET /api/v1/scope", GenerationMode.POSITIVE))
"""What is sent rightly and wrongly; where there is nothing to send, nothing is wrong."""
HELD_TO = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
}


@pytest.mark.parametrize(("name", "mode"), SENT)
def test_whatever_is_sent_the_answer_is_as_described(api: Api, name: str, mode: GenerationMode) -> None:
    """What the description allows is taken, what it does not is refused, and nothing breaks anything."""
    load_all_checks()
    checks: Any = [check for check in CHECKS.get_all() if getattr(check, "__name__", "") in HELD_TO]
    assert len(checks) == len(HELD_TO)
    operation = all_operations(api.description)[name]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(mode))
    def sent(case: schemathesis.Case[Any]) -> None:
        if "id" in case.path_parameters and operation.method != "delete" and mode == GenerationMode.POSITIVE:
            case.path_parameters["id"] = api.told["conversation"]
        if operation.path == "/api/v1/source/{document}" and mode == GenerationMode.POSITIVE:
            case.path_parameters["document"] = TALKS.id
        if isinstance(case.body, dict) and mode == GenerationMode.POSITIVE:
            in_order(case.body)
        response = case.call(base_url=api.address, headers=api.key)
        api.seen.append(response.status_code)
        case.validate_response(response, checks=checks)

    sent()


def in_order(body: Object) -> None:
    """What a schema cannot say: that a range of dates ends no earlier than it begins."""
    days = sorted(each for each in (body.get("from"), body.get("to")) if each)
    if len(days) == 2:
        body["from"], body["to"] = days


def test_most_of_what_was_sent_rightly_was_answered(api: Api) -> None:
    if len(api.seen) < 10 * EXAMPLES:
        pytest.skip("counts what the test before it sent")
    assert api.seen.count(200) + api.seen.count(204) > len(api.seen) / 4
    assert api.seen.count(400) > len(api.seen) / 10
