# Needs GNU make and Python 3.11 or newer; everything else goes into .venv, locked with hashes.
# Another interpreter: make PYTHON=/path/to/python3.12

PYTHON ?=
LOCK_PYTHON ?= python3.11
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help setup test check matrix lowest soak demo bench docs reference pictures dist try-dist lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s  %s\n", $$1, $$2 }' Makefile

setup: .venv/.stamp ## Make .venv with everything needed, if it is not up to date

test: check ## Every check, then every test
	$(BIN)/python -m pytest -n auto

matrix: setup ## The suite on every Python found, with the lowest and the newest dependencies (PYTHONS=...)
	$(BIN)/python tests/matrix.py $(PYTHONS)

lowest: setup ## The lowest dependencies on the oldest Python found, with the tests that take no two minutes
	$(BIN)/python tests/matrix.py --quick $(PYTHONS)

soak: setup ## The long tests: every fault at every file call, many writers, random edits (ARGS=...)
	RENEWCTL_SOAK=1 $(BIN)/python -m pytest -n auto -m soak $(ARGS)

check: setup ## Style, types and the floors of the code
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy --strict
	$(BIN)/lint-imports --no-logo

demo: setup ## Who hears about the renewals of an invented agency's clients
	$(BIN)/renewctl who --store examples/agency.toml --as-of 2026-11-23

bench: setup ## Whole-process times as ratios against baselines of the same run (ARGS=--help)
	$(BIN)/python bench/bench.py $(ARGS)

docs: setup ## Put the present output below every command that the documents show
	$(BIN)/python tests/documents.py

reference: setup ## Write docs/commands.md and the manual page anew from the command tree
	$(BIN)/python tests/reference.py

pictures: setup ## Draw the terminal anew as the README shows it
	$(BIN)/python tests/pictures.py

# From what is committed, not from what lies about; every time stamp inside is the commit's.
dist: setup ## Build sdist and wheel of the last commit into dist/, the same bytes each time
	@rm -rf dist && bin=$$(cd "$(BIN)" && pwd) && dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && set -e && \
	git archive --format=tar --output="$$dir/tree.tar" HEAD && mkdir "$$dir/tree" && \
	tar -x -f "$$dir/tree.tar" -C "$$dir/tree" && cd "$$dir/tree" && \
	SOURCE_DATE_EPOCH=$$(git -C "$(CURDIR)" log -1 --format=%ct) \
	  "$$bin/python" -m hatchling build -d "$(CURDIR)/dist"

try-dist: dist ## Install the wheel with pip, pipx and uv into empty homes (needs all three and the network)
	sh tests/try-dist.sh dist/*.whl

clean: ## Remove .venv, caches and built files
	rm -rf .venv .matrix .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage dist
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# An interpreter that is too old or missing is passed over; pip is heard only when it fails.
.venv/.stamp: pyproject.toml requirements/dev.txt
	@python=; for each in $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11); do \
	  if "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then python=$$each; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo 'renewctl needs Python 3.11 or newer; $(or $(PYTHON),python3) is older or missing.' \
	    'Name one: make PYTHON=/path/to/python3.12' >&2; exit 1; \
	fi; \
	echo 'Setting up .venv'; \
	$(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || "$$python" -m venv --clear .venv
	@{ $(PIP) install --require-hashes --no-deps -r requirements/dev.txt \
	  && $(PIP) install --no-deps --no-build-isolation -e . && $(PIP) check; } >.venv/setup.log 2>&1 \
	  || { cat .venv/setup.log >&2; exit 1; }
	@touch $@

# With the oldest Python supported, from the public index alone, whatever this machine is configured to use.
# Newer versions of everything: make lock ARGS=--upgrade
lock: ## Make requirements/dev.in and dev.txt anew from pyproject.toml (needs python3.11 and the network)
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
print("# Written by 'make lock' from pyproject.toml: change it there.")
names = data["build-system"]["requires"] + data["project"]["dependencies"] + data["dependency-groups"]["dev"]
print(*sorted(set(names)), sep="\n")
endef
export WRITE_DEV_IN
