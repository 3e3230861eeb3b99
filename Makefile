# What a person types here. Every target sets up what it needs in .venv and does nothing twice.
#
# Without make (Windows; on macOS and Linux the same with / and python3):
#
#     py -3.11 packaging\setup_venv.py                 set up, or bring up to date
#     .venv\Scripts\python -m netdesigner --demo demo  make run
#     .venv\Scripts\python -m ruff check .             make test: these
#     .venv\Scripts\python -m ruff format --check .
#     .venv\Scripts\python -m mypy
#     .venv\Scripts\lint-imports
#     .venv\Scripts\python -m pytest
#
# Another Python:                make run PYTHON=/path/to/python3.12
# The small build of torch for machines without an NVIDIA GPU (Linux): set PIP_EXTRA_INDEX_URL to the
# CPU index named on PyTorch's install page before the first `make run`.

VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?=
PYTEST_ARGS ?=
PYTEST_WORKERS ?= 2

export PYTHON

.DEFAULT_GOAL := help
.PHONY: help setup run test lint style format types floors unit bench soak package pins clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## set everything up in .venv
	@sh packaging/setup.sh

run: setup ## open the window on the sample; without a screen, play the main job and write it into demo/
	@$(PY) -m netdesigner --demo demo

test: lint unit ## check style, types and floors, and run the tests

lint: style types floors ## the checks that run nothing

style: setup ## ruff: rules and format
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: setup ## mypy
	$(PY) -m mypy

# Without its cache, which misses modules that are made later.
floors: setup ## import-linter: who may import whom
	$(VENV)/bin/lint-imports --no-logo --no-cache

unit: setup ## the tests alone; PYTEST_ARGS="-k name" picks some, PYTEST_WORKERS=0 runs them one by one
	$(PY) -m pytest --numprocesses=$(PYTEST_WORKERS) --dist=worksteal $(PYTEST_ARGS)

format: setup ## put the code into the common form
	$(PY) -m ruff check --fix-only --quiet .
	$(PY) -m ruff format .

bench: setup ## measure what the README states
	$(PY) -m benchmarks

soak: setup ## the tests that take long, and many more random examples
	$(PY) -m pytest -m soak --timeout=3600 $(PYTEST_ARGS)
	$(PY) -m pytest --hypothesis-profile=explore --timeout=3600 $(PYTEST_ARGS)

package: setup ## build the wheel and the source archive into dist/
	$(PY) -m hatchling build -d dist

pins: setup ## write packaging/constraints.txt from what is installed
	$(PY) packaging/pin.py

clean: ## remove what was built and cached
	rm -rf build dist demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean ## and the environment
	rm -rf $(VENV)
