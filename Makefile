# The front door. `make help` lists what there is.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# One more than the cores, for tests wait much of their time; never many, for each has servers of its own.
PROCESSES := $(shell $(PYTHON) -c 'import os; print(min((os.cpu_count() or 1) + 1, 5))')

# What one command has compiled the next one finds, even where Python is told to keep nothing: tests start hundreds.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo test lint types tests docs migration clean

help: ## List what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) ## Make .venv and install everything into it

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Billfold needs Python 3.11 or newer: say make PYTHON=python3.12, for example.")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

demo: setup ## A sample operator from books to mails, then served
	@$(BIN)/billfold demo

test: setup lint types tests ## Everything that CI runs

lint: setup ## Style, form and import rules
	@$(BIN)/billfold doctor --offline
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PYTHONPATH=server $(BIN)/lint-imports

types: setup ## Types
	$(BIN)/mypy

# Files keep their order: by default those with the fewest tests come last, and among them are the longest journeys.
tests: setup ## Tests, on PostgreSQL and Valkey of their own
	$(BIN)/pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder

docs: setup ## Write what the docs and the schema files take from the code
	$(BIN)/cog -r docs/*.md README.md
	$(BIN)/python -m billfold.schema.export server/billfold/schema

migration: setup ## Write a migration for changed rows
	$(BIN)/tortoise -c billfold.database.connection.DESIGN makemigrations

clean: ## Remove the environment and everything that the embedded default wrote
	rm -rf .venv var
