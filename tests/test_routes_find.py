"""Searching, listing and reading documents over the API: what one may read, and nothing that tells of anything else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.newsroom import CONDITIONS, DOCUMENTS, NOTES, Newsroom, document, passage
from tests.people import api, client, peopled
from ui import source, wire
from ui.audit.auditlog import AuditLog

SEARCH, LIST, SOURCE = "/api/v1/search", "/api/v1/documents", "/api/v1/source/"
SECRET = document(
    "Barley behind closed doors",
    "Rural desk",
    date(2025, 3, 1),
    "# Barley\n\nThe harvest of barley was the best in nine years.\n\nFarmers expect lower prices.",
    readers=("farmers",),
    collection="rural",
    pages=(0, 10),
)
ROOM = Newsroom(also=(SECRET,))
APP = api(ROOM, peopled())
ALICE, FARMER = client(APP, "alice"), client(APP, "ann", "farmers")


def get(by: TestClient, path: str, **query: object) -> dict[str, Any]:
    response = by.get(path, params={name: str(value) for name, value in query.items()})
    assert response.status_code == 200, response.text
    return dict(response.json())


def post(by: TestClient, **body: object) -> dict[str, Any]:
    response = by.post(SEARCH, json=body)
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_a_search_gives_passages_in_the_form_of_the_contract() -> None:
    found = post(ALICE, question="Moscow conditions", limit=1, id="s1")
    assert found == json.loads(wire.dumps(wire.search_json("Moscow conditions", [passage(CONDITIONS)], "s1")))
    assert "id" not in post(ALICE, question="Moscow conditions")


def test_a_search_finds_what_its_reader_may_read() -> None:
    assert [each["title"] for each in post(FARMER, question="barley")["passages"]] == [SECRET.title]
    assert post(ALICE, question="barley")["passages"] == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"question": "x", "limit": 0}, "limit is below 1"),
        ({"question": "x", "limit": 101}, "limit is above 100"),
        ({"question": "x", "limit": "5"}, "limit is no whole number"),
        ({"question": "x", "limit": 2.5}, "limit is no whole number"),
        ({"question": "x", "limit": True}, "limit is no whole number"),
        ({"question": "x", "history": []}, "no field 'history'"),
        ({"question": "x", "as_of": "2024-W01"}, "is no date"),
        ({"question": "x" * 4_001}, "question is over 4000 characters long"),
        ({}, "no question"),
        ([], "no JSON object"),
    ],
)
def test_a_wrong_search_is_told_what_is_wrong(body: object, message: str) -> None:
    response = ALICE.post(SEARCH, json=body)
    assert response.status_code == 400
    assert list(response.json()) == ["error"]
    assert message in response.json()["error"]


def test_a_number_without_a_fraction_is_whole_however_it_is_written() -> None:
    assert len(post(ALICE, question="the", limit=2.0)["passages"]) == 2


def test_documents_are_listed_by_page_to_the_end() -> None:
    listed, after = [], None
    while True:
        page = get(ALICE, LIST, limit=3, **({"after": after} if after else {}))
        listed += page["documents"]
        after = page["next"]
        if after is None:
            break
    assert [each["document"] for each in listed] == [each.id for each in sorted(DOCUMENTS, key=lambda each: each.uri)]
    [notes] = [each for each in listed if each["document"] == NOTES.id]
    assert notes == {
        "document": NOTES.id,
        "uri": NOTES.uri,
        "title": None,
        "publisher": None,
        "author": None,
        "published": None,
        "language": "en",
        "collection": None,
    }


def test_a_list_is_narrowed_by_words_and_collection() -> None:
    assert [each["title"] for each in get(FARMER, LIST, words="BARLEY")["documents"]] == [SECRET.title]
    assert [each["collection"] for each in get(FARMER, LIST, collection="rural")["documents"]] == ["rural"]
    for narrowed in ({"words": "barley"}, {"collection": "rural"}):
        assert get(ALICE, LIST, **narrowed) == {"documents": [], "next": None}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "limit is below 1"),
        ("limit=201", "limit is above 200"),
        ("limit=x", "limit is no whole number"),
        ("limit=", "limit is no whole number"),
        ("before=x", "no field 'before'; the fields are after, limit, words, collection"),
        ("words=" + "x" * 201, "words is over 200 characters long"),
    ],
)
def test_a_wrong_query_is_told_what_is_wrong(query: str, message: str) -> None:
    response = ALICE.get(f"{LIST}?{query}")
    assert response.status_code == 400
    assert message in response.json()["error"]


def test_a_source_is_the_document_paragraph_by_paragraph() -> None:
    shown = get(FARMER, SOURCE + SECRET.id)
    assert [(each["text"], each["heading"]) for each in shown["paragraphs"]] == [
        ("# Barley", True),
        ("The harvest of barley was the best in nine years.", False),
        ("Farmers expect lower prices.", False),
    ]
    assert shown["pages"] == [0, 10]
    assert get(ALICE, SOURCE + CONDITIONS.id)["pages"] == []
    assert all(SECRET.text[each["start"] : each["end"]] == each["text"] for each in shown["paragraphs"])
    assert [(each["start"], each["end"]) for each in shown["paragraphs"]] == [
        (part.start, part.end) for part in source.paragraphs(SECRET.text)
    ]
    assert (shown["title"], shown["collection"], shown["published"]) == (SECRET.title, "rural", "2025-03-01")


def test_a_forbidden_source_and_a_missing_one_are_told_alike() -> None:
    forbidden, missing = ALICE.get(SOURCE + SECRET.id), ALICE.get(SOURCE + "0" * 32)
    assert (forbidden.status_code, forbidden.text) == (404, missing.text)
    assert SECRET.id not in forbidden.text


def test_what_is_shown_is_noted_for_the_audit_log(tmp_path: Path) -> None:
    farmer = client(api(ROOM, peopled(AuditLog(tmp_path))), "ann", "farmers")
    post(farmer, question="barley")
    get(farmer, LIST, words="barley")
    get(farmer, SOURCE + SECRET.id)
    lines = [json.loads(line) for path in tmp_path.rglob("*.jsonl") for line in path.read_text().splitlines()]
    asked = [line for line in lines if line["action"].startswith("/api/")]
    assert [each["documents"] for each in asked] == [[SECRET.id]] * 3
    assert asked[0]["question"] == "barley"


@pytest.mark.parametrize("path", [SEARCH, LIST, SOURCE + "0" * 32, "/api/v1/openapi.json"])
def test_nobody_gets_nothing(path: str) -> None:
    nobody = TestClient(APP, base_url="http://127.0.0.1")
    response = nobody.request("POST" if path == SEARCH else "GET", path, json={} if path == SEARCH else None)
    assert response.status_code in (401, 403)
    assert list(response.json()) == ["error"]
