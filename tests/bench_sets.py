"""Small sets in the form of the public ones, in words of our own, for the tests of the benchmarks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

TOWNS = (
    "Elmstead", "Wickham", "Harlow", "Ashby", "Marsden", "Thornley", "Oakham", "Kirkby", "Selby", "Wareham", "Dunster",
    "Malton", "Ilkley", "Settle", "Frome", "Bude", "Ludlow", "Ripon", "Hexham", "Alnwick",
)  # fmt: skip


def lines(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Writes a JSONL file, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def sentences(place: int) -> list[str]:
    """What is known of a town, each year of its own."""
    town = TOWNS[place]
    return [
        f"The mill of {town} was built in {1800 + place} by the mason John Reed.",
        f"The market of {town} is held on the square behind the church.",
        f"About {2000 + 10 * place} people live in {town} today.",
    ]


def write_wice(data: Path, count: int = 20) -> None:
    """Claims on mills, every third supported by its article, every third in part, every third not."""
    claims = (
        ("supported", "The mill of {} was built in {}.", 0),
        ("partially_supported", "The mill of {} was built in {} and burnt down in a storm.", 0),
        ("not_supported", "The mill of {} was built in {} by Anna Bell.", 7),
    )
    lines(
        data / "wice" / "claims_dev.jsonl",
        (
            {
                "label": (kind := claims[place % 3])[0],
                "claim": kind[1].format(TOWNS[place], 1800 + place + kind[2]),
                "evidence": sentences(place),
                "supporting_sentences": [[0]] if kind[0] != "not_supported" else [],
            }
            for place in range(count)
        ),
    )


def write_ragtruth(data: Path, count: int = 20) -> None:
    """Answers of two sentences; that of every other answer has a second one that people marked."""
    for task in ("qa", "summary"):
        rows: list[dict[str, object]] = []
        for place in range(count):
            town, text = TOWNS[place], " ".join(sentences(place))
            first, invented = sentences(place)[0], f"The mill of {town} was sold to a bank in {1900 + place}."
            source = {"question": f"What of {town}?", "passages": f"passage 1:{text}\n\n"} if task == "qa" else text
            label = {"start": len(first) + 1, "end": len(first) + 1 + len(invented), "label_type": "Evident Conflict"}
            answers = [
                {"response": f"{first} {invented}", "model": "m", "labels": [label]},
                {"response": f"{first} {sentences(place)[1]}", "model": "m", "labels": []},
            ]
            rows.append({"source_id": place, "source": source, "responses": answers})
        lines(data / "ragtruth" / f"ragtruth_{task}.jsonl", rows)


def write_clapnq(data: Path, count: int = 20) -> None:
    """Questions on mills, which half of the towns' passages answer, and on ships, which none does."""
    for kind, places in (("answerable", range(0, count, 2)), ("unanswerable", range(1, count, 2))):
        asked = "when was the mill of {} built" if kind == "answerable" else "which ships were wrecked off {} harbour"
        lines(
            data / "clapnq" / f"clapnq_dev_{kind}.jsonl",
            (
                {
                    "id": f"{kind}-{place}",
                    "input": asked.format(TOWNS[place]),
                    "passages": [
                        {
                            "title": TOWNS[place],
                            "text": " ".join(sentences(place)),
                            "sentences": sentences(place),
                        }
                    ],
                    "output": [{"selected_sentences": sentences(place)[:1] if kind == "answerable" else []}],
                }
                for place in places
            ),
        )
