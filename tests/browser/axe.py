"""axe-core on one frame of a page, with the rules of WCAG 2.0 to 2.2, levels A and AA."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from playwright.sync_api import Frame, Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

COLOURS = ("color-contrast", "link-in-text-block")


@cache
def axe_script() -> str:
    """axe-core itself, as it came with its package."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def violations(frame: Frame | Page, *, colours_only: bool = False) -> list[str]:
    """What axe finds wrong in this document, each as its rule and the element; `colours_only` leaves out whatever a
    theme cannot change."""
    if not frame.evaluate("'axe' in window"):
        frame.evaluate(axe_script())
    found: list[str] = frame.evaluate(
        """async ([type, values, least]) => {
          const { violations, passes } = await axe.run(document, { runOnly: { type, values } });
          if (passes.length < least) return [`only ${passes.length} rules had something to look at`];
          return violations.flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.html.slice(0, 160)}`));
        }""",
        ["rule", list(COLOURS), 1] if colours_only else ["tag", list(TAGS), 8],
    )
    return found
