"""The wheel holds the four packages and their data and nothing else; the locks pin everything and name no address."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.markers import Marker
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PACKAGES = ("rag", "index", "ui", "evals")
LOCKS = ("requirements.lock", "requirements-local.lock", "requirements-dev.lock")
# The first version without a known hole or trap that this code depends on being closed.
FLOORS = {
    "babel": "2.17",
    "gradio": "6.31",  # before 6.25 an async identity check let everybody in
    "llama-index-core": "0.14.25",
    "openai": "3",
    "pypdf": "6.1.3",  # CVE-2025-62707
    "starlette": "1.0.1",  # CVE-2026-48710: the path of a request could be forged through Host
}
CEILINGS = {"llama-index-core": "0.15", "chromadb": "2"}
UNWANTED = {"torch", "transformers", "llama-index", "llama-cpp-python"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """The names of the files in a wheel built from a clean copy, without network."""
    copy = tmp_path_factory.mktemp("source")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy)
    (copy / "tests").mkdir()
    (copy / "tests" / "__init__.py").touch()
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(copy / "dist"), str(copy)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    [path] = (copy / "dist").glob("*.whl")
    return tuple(ZipFile(path).namelist())


def test_the_wheel_holds_the_four_packages_and_nothing_else(wheel: tuple[str, ...]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_the_wheel_holds_every_module_and_every_data_file(wheel: tuple[str, ...]) -> None:
    missing = [name for name in shipped() if name not in wheel]
    assert not missing


def shipped() -> Iterator[str]:
    """Every file under the packages that is not a leftover of running them."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(ROOT).as_posix()


def test_the_wheel_holds_the_data_that_the_code_opens(wheel: tuple[str, ...]) -> None:
    for pattern in (r"index/data/tokenizer\.json", r"index/migrations/versions/\w+\.py", r"ui/static/.+\.css"):
        assert any(re.fullmatch(pattern, name) for name in wheel), pattern


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_has_one_owner(package: str) -> None:
    assert packages_distributions()[package] == ["onrecord"]


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_has_hashes_for_every_line_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--?(i\b|index-url|extra-index-url|find-links|trusted-host)", text, re.MULTILINE)
    unhashed = [entry.splitlines()[0] for entry in entries(text) if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)]
    assert not unhashed


def entries(text: str) -> list[str]:
    """The lock's requirements, each with its hashes, without comments."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [entry for entry in re.split(r"\n(?=\S)", "\n".join(lines)) if entry.strip()]


def pins(lock: str) -> dict[str, str]:
    """Name to version, of the entries whose marker holds on this Python and system."""
    found = {}
    for entry in entries((ROOT / lock).read_text(encoding="utf-8")):
        requirement, _, marker = entry.splitlines()[0].rstrip(" \\").partition(" ; ")
        name, _, pinned = requirement.partition("==")
        assert pinned, f"{lock}: {requirement} is not pinned"
        if not marker or Marker(marker).evaluate():
            found[name] = pinned
    return found


def test_each_lock_holds_the_tree_of_the_one_before_and_more() -> None:
    runtime, local, development = map(pins, LOCKS)
    assert {name: pin for name, pin in development.items() if name in local} == local
    assert {name: pin for name, pin in local.items() if name in runtime} == runtime
    assert local.keys() - runtime.keys() == {"xllamacpp"}
    assert development.keys() > local.keys()


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_keeps_the_floors_and_ceilings(lock: str) -> None:
    pinned = pins(lock)
    low = [name for name, floor in FLOORS.items() if Version(pinned[name]) < Version(floor)]
    high = [name for name, ceiling in CEILINGS.items() if Version(pinned[name]) >= Version(ceiling)]
    assert (low, high) == ([], [])


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_is_free_of_what_we_do_without(lock: str) -> None:
    assert not [name for name in pins(lock) if name in UNWANTED or name.startswith("nvidia-")]


def test_what_is_installed_is_what_is_locked() -> None:
    different = {name: (pin, installed(name)) for name, pin in pins(LOCKS[-1]).items() if installed(name) != pin}
    assert not different


def installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
