"""A run to its report: one HTML file that asks for nothing, works without its script and can be printed.

Whatever a document, a question or a model says is hostile text. Jinja escapes all of it, what steers a reader's eye is
made visible, nothing is a link that leads out, and the page's own policy lets only its own style and script through.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evals.comparison import Comparison
from evals.reporting.charts import charts
from evals.reporting.meanings import meaning
from evals.reporting.measured import tagged
from evals.reporting.overview import circumstances, counts, figures, otherwise, prints, readers, verdict
from evals.reporting.told import told
from evals.reporting.visible import visible
from evals.run_record import Run

MOST_REASONS = 8
"""Sentences of the verdict that stand open; the rest is behind them."""
_FOLDER = Path(__file__).parent / "templates"


def signed(value: float) -> str:
    """Three decimals with a sign, but for nought.

    >>> signed(0.25), signed(-0.1), signed(-0.0001)
    ('+0.250', '−0.100', '0.000')
    """
    rounded = round(value, 3) + 0.0
    return f"{rounded:+.3f}".replace("-", "−") if rounded else "0.000"


_TEMPLATES = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["meaning"] = meaning
_TEMPLATES.filters["signed"] = signed


def report_page(run: Run, before: Run | None = None, comparison: Comparison | None = None) -> str:
    """The report of `run`, beside the run before and what the comparison of the two says, where there are these."""
    style, script = _own("report.css"), _own("report.js")
    cases = told(run, before, comparison)
    made = prints(run, before, comparison)
    page = _TEMPLATES.get_template("report.html").render(
        run=run,
        before=before,
        comparison=comparison,
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
        verdict=verdict(run, comparison),
        counts=counts(run, comparison),
        circumstances=circumstances(run, before),
        prints=made,
        otherwise=otherwise(made),
        most_reasons=MOST_REASONS,
        figures=figures(run, before, comparison),
        charts=charts(run, before),
        cases=cases,
        anchors={each.case.id: each.anchor for each in cases},
        tags=tuple(each.tag for each in tagged(run.cases)),
        readers=readers(run, before),
    )
    return visible(page)


def _own(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy under which nothing is fetched, and only these two texts are style and script."""
    parts = ("default-src 'none'", f"style-src {_hash(style)}", f"script-src {_hash(script)}", "base-uri 'none'")
    return "; ".join((*parts, "form-action 'none'"))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
