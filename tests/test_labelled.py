"""Files of public sets: found in their folder or above it, and refused in one sentence that names the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.labelled import InvalidData, set_file, set_list, set_rows


def test_a_file_is_found_in_its_folder_and_above_it(tmp_path: Path) -> None:
    (tmp_path / "wice").mkdir()
    file = tmp_path / "wice" / "claims_dev.jsonl"
    file.write_text("{}", encoding="utf-8")
    assert set_file(tmp_path, "wice", "claims_dev.jsonl") == file
    assert set_file(tmp_path / "wice", "wice", "claims_dev.jsonl") == file


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match=r"holds neither wice/claims_dev\.jsonl nor claims_dev\.jsonl"):
        set_file(tmp_path, "wice", "claims_dev.jsonl")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"claim": "a"}\n\n{"label": "b"}\n', "line 3 of .* has no claim; put"),
        ('{"claim": "a"}\n{"claim"\n', "line 2 of .* is no JSON; put"),
        ("[1]\n", "line 1 of .* has no claim; put"),
    ],
)
def test_a_line_of_another_kind_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "claims.jsonl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidData, match=said):
        list(set_rows(file, "claim"))


def test_files_are_read_as_other_programs_write_utf_8_and_refused_in_other_encodings(tmp_path: Path) -> None:
    file = tmp_path / "claims.jsonl"
    file.write_bytes('{"claim": "café"}\r\n'.encode("utf-8-sig"))
    assert list(set_rows(file, "claim")) == [{"claim": "café"}]
    file.write_bytes('[{"claim": "café"}]'.encode("utf-8-sig"))
    assert set_list(file, "claim") == [{"claim": "café"}]
    file.write_bytes('{"claim": "café"}\n'.encode("latin-1"))
    for read in (set_rows, set_list):
        with pytest.raises(InvalidData, match=r"claims\.jsonl is not UTF-8; save it in UTF-8"):
            list(read(file, "claim"))


def test_a_list_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "corpus.json"
    file.write_text(json.dumps([{"url": "a"}, {"url": "b"}]), encoding="utf-8")
    assert [row["url"] for row in set_list(file, "url")] == ["a", "b"]
    for text, said in (('{"url": 1}', "holds no list"), ("[", "is no JSON"), ("[{}]", "item 1 of .* has no url")):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InvalidData, match=said):
            set_list(file, "url")
