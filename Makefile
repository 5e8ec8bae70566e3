# make setup    install everything into .venv, once
# make run      drop a file into a local stack and fetch what comes back
# make test     the whole test suite
# make help     everything else
#
# What a local run can be told is listed in docs/parameters.md:
#     make run FILE=leads.csv TYPE=phone COUNTRIES=FR,BE DEADLINE_MINUTES=2

.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON := PYTHONPATH=.:layers/core:ops/src .venv/bin/python
READY := .venv/.ready
SCANNERS := .scanners/.ready
PARALLEL := --numprocesses 3 --dist loadgroup

UPGRADE := --upgrade
COMPILE := .venv/bin/uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock"

.PHONY: help setup run up dashboard down ops test crashes others unit simulate nightly stories bench \
	corpus-score check lint scan format docs schema lock clean

help: ## show this
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY) ## install everything into .venv, once; the other targets do it when needed
	@echo "Ready. make help lists what there is."

run: $(READY) ## drop FILE (events/contacts.csv) as TYPE (email), fetch the answers into out/
	@$(PYTHON) -m local.run

up: $(READY) ## start the local stack and leave it running; .local/stack.json tells where
	@$(PYTHON) -m local.up

dashboard: $(READY) ## draw the dashboard of the local stack that runs
	@$(PYTHON) -m local.dashboard

down: $(READY) ## stop the local stack
	@$(PYTHON) -m local.down

ops: $(READY) ## operate a stack, this machine's if one runs: make ops ARGS="jobs --open"
	@PYTHONPATH=ops/src .venv/bin/python -m enrich $(ARGS)

test: $(READY) ## run the whole test suite
	@$(MAKE) --no-print-directory --jobs 2 --keep-going crashes others

# The crashes wait for deadlines most of the time. They come first wherever they do need a processor.
crashes: $(READY)
	@mkdir -p .local
	@$(PYTHON) -m pytest tests/e2e/test_crashes.py >.local/crashes.log 2>&1; \
		ended=$$?; cat .local/crashes.log; exit $$ended

others: $(READY)
	nice -n 10 env $(PYTHON) -m pytest $(PARALLEL) --ignore tests/e2e/test_crashes.py

unit: $(READY) ## run the tests that need no local stack
	$(PYTHON) -m pytest $(PARALLEL) tests/unit tests/functional tests/docs

simulate: $(READY) ## run HISTORIES (500) simulated histories from SEED (0); PLANT=bug plants one
	@SEED=$(SEED) HISTORIES=$(HISTORIES) PLANT=$(PLANT) $(PYTHON) -m tests.simulation

nightly: $(READY) ## run ten thousand simulated histories
	@HISTORIES=10000 $(PYTHON) -m tests.simulation

stories: $(READY) ## write how each planted bug is found into docs/simulation.md
	@$(PYTHON) -m tests.simulation.stories

bench: $(READY) ## measure how fast ROWS (100000) rows are split and compiled, in ROUNDS (3)
	@ROWS=$(ROWS) ROUNDS=$(ROUNDS) $(PYTHON) -m bench

corpus-score: $(READY) ## show how much of the corpus comes out as a careful person would have it
	@$(PYTHON) -m tests.corpus.score

check: $(READY) $(SCANNERS) ## check format, lint, types, imports and template
	@$(MAKE) --no-print-directory --jobs 2 --keep-going lint scan

lint: $(READY)
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	PYTHONPATH=.:layers/core:ops/src .venv/bin/lint-imports --no-cache
	AWS_DEFAULT_REGION=us-east-1 SAM_CLI_TELEMETRY=0 .venv/bin/sam validate --lint

scan: $(READY) $(SCANNERS) ## scan the transformed template with cfn-lint, checkov and cdk-nag
	@$(PYTHON) -m checks

format: $(READY) ## rewrite the code in the one format
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

docs: $(READY) ## write what the documentation takes from the code: pictures of states, parameters
	@$(PYTHON) -m docs.generate

schema: $(READY) ## write the schemas of a report's data and of events, docs/*.schema.json
	@$(PYTHON) -m tests.unit.domain.test_report
	@$(PYTHON) -m tests.unit.domain.test_changes

# The layer gets the versions that the tests run with.
lock: $(READY) ## pin the newest versions that requirements.in allows; with UPGRADE= only what is new
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-scanners.in -o requirements-scanners.txt
	$(COMPILE) layers/dependencies/requirements.in -c requirements.txt -o layers/dependencies/requirements.txt
	$(COMPILE) layers/dependencies/files.in -c requirements.txt --no-emit-package typing-extensions \
		-o layers/dependencies/files.txt

clean: ## remove everything that was built, installed or fetched
	@if [ -e .local/stack.json ] && [ -x .venv/bin/python ]; then $(PYTHON) -m local.down; fi
	rm -rf .venv .scanners .local .aws-sam out .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# The lock is complete, so --no-deps: pip cannot check hashes of packages that others require with extras.
$(READY): requirements.txt
	@echo "Setting up .venv (once; takes a minute) ..."
	@python3 -m venv .venv
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@touch $@

# Compiling all of it takes as long as the rest of the installation, and most of it is never imported.
$(SCANNERS): requirements-scanners.txt
	@echo "Setting up .scanners (once; takes a minute) ..."
	@python3 -m venv .scanners
	@.scanners/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes \
		-r requirements-scanners.txt
	@touch $@
