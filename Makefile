# What CI runs is what a person runs.
#
#   make chat     ask the example documents in a browser
#   make test     the tests                     make check    format, lint and strict types
#   make browser  the tests that need Chromium  make bench    speed and memory, as a table and var/bench.json
#   make eval     the example questions, and whether their answers are worse than the baseline
#   make widget   the chat inside a page of an intranet, at http://127.0.0.1:8766
#   make local    what runs a model on this machine; then `onrecord model list`
#
# Everything is installed into .venv, from the locks and nothing else. Another Python: make PYTHON=python3.12 chat
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The example documents are indexed here; nothing under var/ is precious.
EXAMPLE_LIBRARY := var/briefing
EVAL_LIBRARY := var/eval-library
ANSWERS := var/answers
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --extra setup

.PHONY: setup setup-dev local chat widget test test-slow browser eval check format bench lock clean

setup: $(VENV)/.command

setup-dev: $(VENV)/.dev

local: $(VENV)/.local

$(VENV)/bin/pip:
	@command -v $(PYTHON) >/dev/null || { echo "On Record needs Python 3.11 or newer, and there is no $(PYTHON); install it, or name another: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "On Record needs Python 3.11 or newer, and this is " + sys.version.split()[0] + "; name another: make PYTHON=/path/to/python3 $(MAKECMDGOALS)")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments; install that part of it, on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock | $(VENV)/bin/pip
	@echo "Installing what On Record needs into $(VENV) (once; a few minutes)"
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.command: pyproject.toml $(VENV)/.runtime
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.command
	@echo "Installing the tools that check On Record into $(VENV)"
	@$(PIP) install --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

$(VENV)/.local: requirements-local.lock $(VENV)/.command
	@echo "Installing llama.cpp into $(VENV)"
	@$(PIP) install --require-hashes -r requirements-local.lock
	@touch $@

chat: setup
	@$(BIN)/onrecord sync examples/briefing --library $(EXAMPLE_LIBRARY)
	@$(BIN)/onrecord serve --library $(EXAMPLE_LIBRARY) --examples examples/questions.txt

widget: setup
	@$(BIN)/onrecord sync examples/briefing --library $(EXAMPLE_LIBRARY)
	@$(BIN)/python -m http.server 8766 --bind 127.0.0.1 --directory examples/intranet >/dev/null 2>&1 & page=$$!; \
		trap "kill $$page" EXIT; \
		echo "A page with the chat in it stands at http://127.0.0.1:8766"; \
		$(BIN)/onrecord serve --config examples/intranet/onrecord.toml

# In two processes, each file whole in one of them: as many cores as a small machine has.
test: setup-dev
	@$(BIN)/python -m pytest -n 2 --dist loadfile

test-slow: setup-dev
	@$(BIN)/python -m pytest -m slow

browser: setup-dev
	@$(BIN)/python -m pytest -m browser -n 2 --dist loadfile

# A case that fails (exit code 1) is the comparison's business: the baseline may know it.
eval: setup
	@$(BIN)/onrecord sync examples/briefing examples/desk --prune --library $(EVAL_LIBRARY)
	@$(BIN)/onrecord eval run evals/cases/briefing.yaml --demo-model --library $(EVAL_LIBRARY) --out $(ANSWERS) || [ $$? -eq 1 ]
	@$(BIN)/onrecord eval compare $(ANSWERS)/results.json

check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup-dev
	@$(BIN)/python -m evals.speed

# Pins the newest tree that pyproject.toml allows, for Python 3.11 to 3.13, with hashes and without any address; needs uv.
lock:
	$(COMPILE) --upgrade pyproject.toml -o requirements.lock
	$(COMPILE) --upgrade --extra local --constraint requirements.lock pyproject.toml -o requirements-local.lock
	$(COMPILE) --extra dev --extra local --extra bench --group model --constraint requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf var build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
