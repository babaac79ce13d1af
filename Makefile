# Two targets set everything up: `make demo` to see it work, `make test` to check it.

PYTHON ?= python3
BIN := .venv/bin
WHOOSH_FORKS := whoosh-reloaded whoosh3

# Chains of pattern rules would otherwise be made again each time.
.PRECIOUS: .venv-whoosh%/.installed

.PHONY: help demo test check format-check lint types contracts unit test-whoosh format bench clean

help:
	@echo 'make demo    install into .venv, compile the release, show every surface at work'
	@echo 'make test    every check: format, lint, types, contracts, tests, other Whoosh packages (5 minutes)'
	@echo 'make check   format, lint, types and contracts only (seconds)'
	@echo 'make unit    the tests only'
	@echo 'make format  format the code'
	@echo 'make bench   measure speed, memory and search quality beside peers'

demo: .venv/.installed
	$(BIN)/icdlens build
	$(BIN)/python -P -m icdlens.demo

test: check unit test-whoosh

check: format-check lint types contracts

format-check: .venv/.dev
	$(BIN)/ruff format --check .

lint: .venv/.dev
	$(BIN)/ruff check .

types: .venv/.dev
	$(BIN)/mypy

contracts: .venv/.dev
	$(BIN)/lint-imports

unit: .venv/.dev
	$(BIN)/pytest

# The index on the other packages that provide `whoosh`, each in an environment of its own.
test-whoosh: $(WHOOSH_FORKS:%=test-%)

test-whoosh%: .venv-whoosh%/.installed
	.venv-whoosh$*/bin/python -m pytest tests/index

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.bench
	$(BIN)/python -P -m bench

clean:
	rm -rf .venv .venv-* build dist *.egg-info

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "icdlens needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade 'pip>=25.1'

.venv/.installed: .venv/bin/python pyproject.toml
	$(BIN)/pip install --quiet --editable '.[slack]'
	@touch $@

.venv/.dev: .venv/.installed pyproject.toml
	$(BIN)/pip install --quiet --group dev
	@touch $@

# The peer has wheels for most systems, not for all.
.venv/.bench: .venv/.dev pyproject.toml
	$(BIN)/pip install --quiet --group bench || echo 'tantivy cannot be installed: measuring without it.'
	@touch $@

# All of these packages install the same import package, so the one comes off before the other goes on.
.venv-whoosh%/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-whoosh$*
	.venv-whoosh$*/bin/pip install --quiet --upgrade 'pip>=25.1'
	.venv-whoosh$*/bin/pip install --quiet --editable . --group test
	.venv-whoosh$*/bin/pip uninstall --quiet --yes whoosh
	.venv-whoosh$*/bin/pip install --quiet whoosh$*
	@touch $@
