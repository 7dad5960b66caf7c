"""Fits and measures the checker's probability: `python -m evals.fitting.support --data DIR [--write] [--keep FILE]`.

It is fitted on a random half of each set's documents and measured on the other, several times over; the coefficients
that ship are fitted on all of them.
"""

from __future__ import annotations

import argparse
import pickle
import sys
from collections.abc import Sequence
from pathlib import Path

from evals.fitting.support_cases import ragtruth, wice
from evals.fitting.support_fitting import SET_WEIGHT, Fitted, Row, fit, halves, score, weigh
from evals.fitting.support_report import Scored, found_by_kind, report, summary, table
from rag.checking import support_coefficients
from rag.checking.support import Supporter


def figures(data: Path, keep: Path | None) -> list[Row]:
    """All sets in figures, which takes minutes; kept in `keep`, a file that only this program writes and reads."""
    if keep is not None and keep.exists():
        rows: list[Row] = pickle.loads(keep.read_bytes())
        return rows
    cases = (*wice(data), *wice(data, only_supporting=True), *ragtruth(data, "qa"), *ragtruth(data, "summary"))
    rows = list(weigh(cases, Supporter()))
    if keep is not None:
        keep.write_bytes(pickle.dumps(rows))
    return rows


def _print_halves(rows: Sequence[Row], halvings: int) -> None:
    parts: dict[str, list[Scored]] = {source: [] for source in SET_WEIGHT}
    for seed in range(halvings):
        fitting, held = halves(rows, seed)
        scored = score(held, fit(fitting))
        for source, found in parts.items():
            found.append(scored.only(source))
    for source, found in parts.items():
        first = found[0]
        _say(f"{source}, held half of the first division ({len(first.claims)} claims, from {first.threshold}):")
        _say(f"{report(first)}\n{table(first)}\n{found_by_kind(first)}")
        _say(f"{source}, mean of {halvings} divisions: {summary(found)}\n")


def _write(fitted: Fitted, rows: Sequence[Row], path: Path) -> None:
    sizes = ", ".join(f"{sum(row.judged.source == source for row in rows)} of {source}" for source in SET_WEIGHT)
    lines = [
        '"""The fitted numbers of the checker: written by `python -m evals.fitting.support --write`, not by hand.',
        "",
        f"Fitted on claims that people judged: {sizes}.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from rag.quoting.relevance import LinearModel",
        "",
        f"SUPPORT = {fitted.model!r}",
        f"THRESHOLD = {fitted.threshold!r}",
        '"""From here a claim of unknown origin is supported: where false alarms and misses weigh the same."""',
        f"ANSWERS_THRESHOLD = {fitted.answers!r}",
        '"""From here one written from the quotes does: it loses a tenth of the true ones on RAGTruth."""',
        "",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measures, and with --write also ships, what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with wice/ and ragtruth/")
    parser.add_argument("--halvings", type=int, default=10, help="how many random divisions to measure")
    parser.add_argument("--keep", type=Path, help="a file to keep the figures in between runs; remove it to count anew")
    parser.add_argument(
        "--write", action="store_true", help="fit on everything and write rag/checking/support_coefficients.py"
    )
    arguments = parser.parse_args()
    rows = figures(arguments.data, arguments.keep)
    if arguments.halvings:
        _print_halves(rows, arguments.halvings)
    if arguments.write:
        _write(fit(rows), rows, Path(support_coefficients.__file__))


if __name__ == "__main__":
    main()
