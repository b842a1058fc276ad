# Two commands do all the set-up: `make run` and `make test`. `make help` lists the rest.

PYTHON ?= python3
# python3.13 gets an environment of its own beside the usual one
VENV ?= $(if $(filter python3.%,$(notdir $(PYTHON))),.venv-$(patsubst python%,%,$(notdir $(PYTHON))),.venv)
BIN := $(VENV)/bin
PORT ?= 8000
INSTALLED := $(VENV)/.installed
BENCH_INSTALLED := $(VENV)/.bench-installed
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help install run test test-quick test-long lint format docs bench-planner bench-market lock

help: ## these lines
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */\1\t/' | awk -F '\t' '{printf "make %-12s %s\n", $$1, $$2}'

install: $(INSTALLED) ## make .venv with everything in it (PYTHON= chooses the interpreter, 3.11 or newer)

$(INSTALLED): requirements-dev.txt pyproject.toml
	@bash scripts/install "$(PYTHON)" "$(VENV)"
	@touch $@

run: install ## build the demo where there is none, and serve it on 127.0.0.1 (PORT=8000; DATABASE_URL is honoured)
	@$(BIN)/desirepath demo
	@exec $(BIN)/desirepath serve --demo --port $(PORT)

test: install ## every test: SQLite, PostgreSQL, a real browser, two at once (TESTS=tests/room for some)
	@bash scripts/browser-and-server
	@$(BIN)/python scripts/run_tests.py $(TESTS)

test-quick: install ## SQLite only, without the browser
	@$(BIN)/python scripts/run_tests.py --quick $(TESTS)

test-long: install ## the same as test, with the full rounds of long trials
	@bash scripts/browser-and-server
	@DESIRE_LONG=1 $(BIN)/python scripts/run_tests.py $(TESTS)

lint: install ## style, types, import contracts, migrations, lock files, generated documents
	@bash scripts/lint "$(BIN)"

format: install ## put the code into the house's style
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format --quiet

docs: install ## write the documents that come from the code
	@$(BIN)/python scripts/write_docs.py

bench-planner: install $(BENCH_INSTALLED) ## the planner against PuLP with CBC and HiGHS, England, four weeks, re-plans (ARGS=--only ics)
	@$(BIN)/python benchmarks/planner.py $(ARGS)

bench-market: install ## bookings and messages while processes are killed, on SQLite and PostgreSQL (ARGS="--only kill --rounds 20")
	@$(BIN)/python benchmarks/market.py $(ARGS)

$(BENCH_INSTALLED): requirements-bench.txt
	@$(BIN)/python -m pip install -qq --require-hashes --only-binary :all: -r requirements-bench.txt
	@touch $@

lock: install ## resolve the dependencies again into the requirements files
	@bash scripts/lock "$(BIN)"
