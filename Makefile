# The two commands of the README are the first two targets; each sets up what it needs.
.DEFAULT_GOAL := help
.PHONY: help demo test check docs bench format clean

PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
BEAMCLAIM := .venv/bin/beamclaim

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(UV):
	@command -v uv >/dev/null 2>&1 || ($(PYTHON) -m venv .uv && .uv/bin/python -m pip install --quiet uv)

.venv/ready: pyproject.toml uv.lock | $(UV)
	@UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --quiet --frozen --no-dev --inexact
	@touch $@

.venv/ready-dev: pyproject.toml uv.lock | $(UV)
	@UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --quiet --frozen --inexact
	@touch .venv/ready $@

demo: .venv/ready ## check the demonstration claims and write an HTML report
	@$(BEAMCLAIM) demo

test: .venv/ready-dev ## install what the tests need and run all of them
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/pytest -n auto

check: .venv/ready-dev ## lint, format, types, import contracts (no tests)
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

format: .venv/ready-dev ## rewrite the sources in the house style
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

bench: .venv/ready-dev ## speed and memory: the reader and the whole check, against a peer in the same run
	@.venv/bin/python -m benchmarks

docs: .venv/ready ## the documentation site, its reference pages made from the program; in site/
	@UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --quiet --frozen --no-dev --group docs --inexact
	@.venv/bin/python docs/build.py docs/reference
	@.venv/bin/zensical build
	@echo "the site is in site/index.html"

clean: ## remove the environment and what was generated
	rm -rf .venv docs/reference beamclaim-demo
