# The first run makes .venv; later ones start at once, until a lock or pyproject.toml changes.
#   make serve ARGS="--port 9000"    make test ARGS="tests/test_edtf.py -x"    make PYTHON=python3.13 serve

PYTHON ?= python3
ARGS ?=
UV_VERSION = 0.13.9

PIP = .venv/bin/python -m pip --disable-pip-version-check --no-input -qq
COMPILE = build/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--custom-compile-command 'make lock' $(ARGS)

# What tests and checks put up for a moment, databases by the hundred, is kept in memory where there is enough of it.
SHARED = $(shell df --output=avail /dev/shm 2>/dev/null | tail -n 1)
answers document fuzz libraries pages runs test: export TMPDIR := $(shell \
	[ "0$(SHARED)" -ge 8000000 ] && echo /dev/shm || echo "$${TMPDIR:-/tmp}")

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test answers check lint format types layers document libraries fuzz runs pages examples bench lock clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

serve: .venv/run.stamp ## Serve the records; ARGS are those of `telcon serve`
	@exec .venv/bin/telcon serve $(ARGS)

PYTEST = .venv/bin/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder
# What asks thousands of questions, what takes longest first, so that no process is left with it.
ANSWERS = $(patsubst %,tests/test_%.py,found filters direct facets as_of)
# What starts many processes, each of which keeps a processor busy for seconds before it is tried.
RUNS = tests/test_faults.py tests/test_benchmarks.py

test: .venv/dev.stamp ## Run the tests, by three processes; ARGS are those of pytest
	@exec $(PYTEST) $(patsubst %,--ignore=%,$(ANSWERS) $(RUNS)) $(ARGS)

answers: .venv/dev.stamp ## Hold the answers to thousands of questions to those of a plain reading, or of another way
	@exec $(PYTEST) $(ANSWERS)

runs: .venv/dev.stamp ## Run what kills and freezes services, and the benchmarks, each at its smallest
	@exec .venv/bin/pytest $(RUNS)

check: lint format types layers ## Check style, format, types and who imports whom; -k goes on after a failure

lint: .venv/dev.stamp
	@.venv/bin/ruff check

format: .venv/dev.stamp
	@.venv/bin/ruff format --check

types: .venv/dev.stamp
	@.venv/bin/mypy

layers: .venv/dev.stamp
	@.venv/bin/lint-imports --no-logo

document: .venv/dev.stamp ## Check the OpenAPI document and clients made of it; takes Node.js 20.19 or later
	@exec tests/document/run

libraries: .venv/dev.stamp ## Read the streams with pandas and DuckDB, as the guide does
	@exec tests/libraries/run

fuzz: .venv/dev.stamp ## Ask whatever the document allows and forbids; ARGS are those of `schemathesis run`
	@exec tests/fuzz/run $(ARGS)

pages: .venv/run.stamp ## Look at the pages in a browser, into build/pages; takes Node.js 20.19 or later and Chromium
	@exec tests/pages/run

examples: .venv/dev.stamp ## Write the examples of the document anew, from what the seed answers, and the schema of lines
	@.venv/bin/python -m tests.examples

bench: .venv/dev.stamp ## Measure; ARGS are those of bench
	@exec .venv/bin/python -m bench $(ARGS)

lock: build/lock/bin/uv ## Lock what pyproject.toml asks for; ARGS=--upgrade takes the newest versions
	@$(COMPILE) -o requirements.lock pyproject.toml
	@$(COMPILE) -o requirements-build.lock --group build
	@$(COMPILE) -o requirements-dev.lock -c requirements.lock -c requirements-build.lock --group dev pyproject.toml
	@$(COMPILE) -o tests/document/requirements.lock --group document
	@$(COMPILE) -o tests/libraries/requirements.lock --group libraries

clean: ## Remove everything made here; records are not kept here
	@rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What serving takes, and this project itself.
.venv/run.stamp: requirements.lock requirements-build.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo \
	  "Telcon needs Python 3.11 or later, and $(PYTHON) is none; name one: make PYTHON=python3.13 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo \
	  "Telcon needs Python's venv, which $(PYTHON) lacks; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing into .venv ..." >&2
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(PIP) install --require-hashes -r requirements.lock -r requirements-build.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# What the tests and checks take beside that.
.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	@echo "Installing the tools for tests and checks ..." >&2
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

build/lock/bin/uv:
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip --disable-pip-version-check -qq install uv==$(UV_VERSION)
