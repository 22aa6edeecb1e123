# The two commands of the README are `demo` and `test`; each sets up what it needs.
.DEFAULT_GOAL := help
.PHONY: help setup demo check test one new-rule new-table new-view snapshots docs bench judge changelog format clean

PYTHON ?= python3
# Of the claim editor `make judge` asks: a version, or the path of an interpreter.
JUDGE_PYTHON ?= >=3.12
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
# Byte code is written at install: the first command of a user does not compile 900 modules.
SYNC := UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --quiet --frozen --inexact --compile-bytecode
COMPILE := .venv/bin/python -m compileall -q src
BEAMCLAIM := .venv/bin/beamclaim

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(UV):
	@command -v uv >/dev/null 2>&1 || ($(PYTHON) -m venv .uv && .uv/bin/python -m pip install --quiet uv)

.venv/ready: pyproject.toml uv.lock | $(UV)
	@$(SYNC) --no-dev && $(COMPILE)
	@touch $@

.venv/ready-dev: pyproject.toml uv.lock | $(UV)
	@$(SYNC) && $(COMPILE)
	@touch .venv/ready $@

setup: .venv/ready-dev ## an environment in .venv with all that work on Beamclaim needs

demo: .venv/ready ## check the demonstration claims and write an HTML report
	@$(BEAMCLAIM) demo

check: .venv/ready-dev ## format, lint, types, layers, changelog: half a minute, no tests
	@.venv/bin/ruff format --check --quiet . || (echo "make format rewrites them" >&2; exit 1)
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/python scripts/changelog.py --check

test: check ## the checks, then all tests
	@.venv/bin/pytest -n auto

one: .venv/ready-dev ## the tests one word chooses: make one K=UNT103
	@test -n "$(K)" || (echo "say which: make one K=UNT103, K=test_visits, K='listen and network'" >&2; exit 2)
	@.venv/bin/pytest -n auto -k '$(K)'

format: .venv/ready-dev ## rewrite the sources in the house style
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

bench: .venv/ready-dev ## speed and memory beside peers of the same run; FULL=1 for all sizes (an hour), BENCH_OLD=CHECKOUT
	@.venv/bin/python -m benchmarks $(if $(FULL),--full)

.judge/ready: Makefile | $(UV)
	@$(UV) venv --quiet --clear --python '$(JUDGE_PYTHON)' .judge && $(UV) pip install --quiet --python .judge/bin/python pyoce==0.1.0
	@touch $@

judge: .venv/ready-dev .judge/ready ## 2,000 random hospital claims beside a claim editor others wrote; JUDGE_PYTHON=PATH names a Python 3.12 or later
	@.venv/bin/python -m judge .judge/bin/python

new-rule: .venv/ready-dev ## a rule, its page, a case a verdict: make new-rule CODE=UNT110 NAME=over-daily-maximum [TABLE=...] [VIEW=...]
	@.venv/bin/python scripts/scaffold.py rule CODE=$(CODE) NAME=$(NAME) TABLE=$(TABLE) VIEW=$(VIEW) && .venv/bin/python scripts/snapshots.py

new-table: .venv/ready-dev ## a policy table with its first row: make new-table NAME=edits/physics.exempt
	@.venv/bin/python scripts/scaffold.py table NAME=$(NAME) && .venv/bin/python scripts/snapshots.py

new-view: .venv/ready-dev ## a view rules can ask: make new-view NAME=claim_sizes
	@.venv/bin/python scripts/scaffold.py view NAME=$(NAME)

snapshots: .venv/ready-dev ## write what people read into tests/snapshots, and the counts in documents; read the difference
	@.venv/bin/python scripts/snapshots.py

docs: .venv/ready ## the documentation site, its reference pages made from the program; in site/
	@$(SYNC) --no-dev --group docs
	@.venv/bin/python docs/build.py docs/reference
	@.venv/bin/zensical build
	@echo "the site is in site/index.html"

changelog: .venv/ready-dev ## gather the fragments of changelog.d/ into CHANGELOG.md
	@.venv/bin/python scripts/changelog.py

clean: ## remove the environment and what was generated
	rm -rf .venv docs/reference beamclaim-demo
