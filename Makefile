# What CI runs is what a person runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The example corpus is indexed here; nothing under var/ is precious.
EXAMPLE_LIBRARY := var/briefing

.PHONY: setup setup-dev chat test test-slow browser check format bench lock clean

setup: $(VENV)/.runtime

setup-dev: $(VENV)/.dev

$(VENV)/.runtime: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "On Record needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make PYTHON=/path/to/python3 chat")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what On Record needs into $(VENV) (once; a few minutes)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing the tools that check On Record into $(VENV)"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

chat: setup
	@$(BIN)/onrecord sync examples/briefing --library $(EXAMPLE_LIBRARY)
	@$(BIN)/onrecord serve --library $(EXAMPLE_LIBRARY)

test: setup-dev
	$(BIN)/python -m pytest

test-slow: setup-dev
	$(BIN)/python -m pytest -m slow

browser: setup-dev
	$(BIN)/python -m pytest -m browser

check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup-dev
	$(BIN)/python -m evals.speed

clean:
	rm -rf var build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
