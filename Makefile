# Homeward: `make demo` shows it, `make test` proves it, `make check` runs what CI runs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP     = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

unexport PYTHONDONTWRITEBYTECODE  # hundreds of processes are started; none has to compile everything anew

.DEFAULT_GOAL := help
.PHONY: help demo test check coverage format lint types contracts generated generate bench faults soak audit lock clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.base: requirements/base.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Homeward needs Python 3.11 or newer; say make PYTHON=/path/to/python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing what a node needs, by hash ..."
	@$(PIP) --require-hashes -r requirements/base.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.base
	@echo "installing what the checks need, by hash ..."
	@$(PIP) --require-hashes -r requirements/dev.lock
	@touch $@

demo: $(VENV)/.base  ## all journeys between real nodes, step by step (make demo ARGS=--stay keeps the last nodes up)
	@$(BIN)/homeward demo $(ARGS)

test: $(VENV)/.dev  ## the whole test suite, on SQLite and PostgreSQL
	@$(BIN)/python -m pytest -n auto --dist worksteal -q --share

check: lint types contracts generated test  ## what CI runs: lint, types, import contracts, generated files, the whole test suite

coverage: $(VENV)/.dev  ## the test suite with branch coverage, each test on both databases: takes three times as long
	@$(BIN)/python -m pytest -n auto --dist worksteal -q --cov --cov-report=term

format: $(VENV)/.dev  ## put the code into its form
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: $(VENV)/.dev  ## style
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: $(VENV)/.dev  ## mypy, strict
	@$(BIN)/mypy

contracts: $(VENV)/.dev  ## imports run one way through the rooms
	@$(BIN)/lint-imports

generated: $(VENV)/.dev  ## OpenAPI documents, JSON Schemas and field table are what the code says
	@$(BIN)/python -m schemas.generate --check
	@$(BIN)/homeward openapi --check

generate: $(VENV)/.dev  ## write the generated files anew
	@$(BIN)/python -m schemas.generate
	@$(BIN)/homeward openapi

bench: $(VENV)/.dev  ## what a node does in a second, how long it takes and how much it needs, each beside its limit
	@$(BIN)/python -m benchmarks.bench $(ARGS)

faults: $(VENV)/.dev  ## 1,000 rounds of faults between real nodes: kills, cuts, full disks; what was answered has to hold
	@$(BIN)/python -m benchmarks.faults --report docs/reports/faults $(ARGS)

soak: $(VENV)/.dev  ## ten minutes of steady load between two nodes while processes are killed and lines cut
	@$(BIN)/python -m benchmarks.soak --report docs/reports/soak $(ARGS)

audit: $(VENV)/.dev  ## known vulnerabilities in what is locked (needs the network)
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements/base.lock

lock: $(VENV)/.dev  ## choose versions anew and lock them by hash
	@for set in base dev; do $(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
	  --no-emit-index-url --custom-compile-command 'make lock' requirements/$$set.in -o requirements/$$set.lock; done

clean:  ## remove what make made
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
