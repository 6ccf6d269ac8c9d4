# Needs only python3 (3.11 to 3.13) with pip, and a shell; the tests also a PostgreSQL and a Redis on 127.0.0.1, and
# promtool for the rules of Prometheus and alertmanager for alerts, without which those are skipped: say
# `make promtool alertmanager`.
# Everything is made inside this folder: .venv/ holds the packages, .airflow/ the Airflow homes of the
# demos and `up`, and the environments of the tools that `bench` compares with.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --quiet
# pip compiles what it installs, but not what is installed to be edited. Each task of Airflow is a process of its own,
# which would do it again where PYTHONDONTWRITEBYTECODE is set, as it is in many containers.
COMPILE := $(BIN)/python -m compileall -q -j 0 airflow_dataops

# Where there is one already; else Debian's is brought.
ALERTMANAGER := $(shell command -v alertmanager || command -v prometheus-alertmanager)

.DEFAULT_GOAL := help
.PHONY: help demo demo-slo demo-alerts up test coverage lint bench docs promtool alertmanager clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: export AIRFLOW_HOME := $(CURDIR)/.airflow
demo: $(VENV)/.demo-stamp ## Take fourteen days of messy files through a real Airflow, and show what was found
	@$(BIN)/airflow-dataops demo

demo-slo: export AIRFLOW_HOME := $(CURDIR)/.airflow
demo-slo: $(VENV)/.demo-stamp ## Let four things go wrong on a real Airflow, and show what each burns of an error budget
	@$(BIN)/airflow-dataops demo-slo

demo-alerts: export AIRFLOW_HOME := $(CURDIR)/.airflow
demo-alerts: $(VENV)/.demo-stamp $(if $(ALERTMANAGER),,alertmanager) ## Let five things go wrong on a real Airflow, and show whom it tells, and how often
	@$(BIN)/airflow-dataops demo-alerts

up: export AIRFLOW_HOME := $(CURDIR)/.airflow
up: $(VENV)/.demo-stamp ## Start Airflow with its UI on the sample product; Ctrl-C stops it
	@$(BIN)/airflow-dataops up

# What fails beside others on a busy machine is tried once more, alone, and named either way: a test of processes
# that wait for each other may run out of time there. What fails twice fails.
AGAIN = { echo "make: once more, alone: what failed above"; \
	$(BIN)/python -m pytest --last-failed --last-failed-no-failures=none --ignore=tests/benchmarks; }

# Files go to the processes as the folders have them, and not by the number of their tests: then long files of few tests
# would come last, and one process would wait for another.
test: $(VENV)/.dev-stamp ## Run the tests
	$(BIN)/python -m pytest --ignore=tests/benchmarks -m "not e2e" --numprocesses=logical --dist=loadscope \
		--no-loadscope-reorder || $(AGAIN)
	$(BIN)/python -m pytest -m e2e --numprocesses=2 --dist=loadscope || $(AGAIN)

coverage: $(VENV)/.dev-stamp ## Run the tests that need no Airflow, and show which branches they leave out
	$(BIN)/python -m pytest --ignore=tests/benchmarks -m "not e2e" --numprocesses=logical --dist=loadscope --cov

lint: $(VENV)/.dev-stamp ## Check style, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(VENV)/.dev-stamp ## Measure what the numbers in the docs claim
	$(BIN)/python -m pytest tests/benchmarks -s

docs: $(VENV)/.dev-stamp ## Run every example and check every link of the docs
	$(BIN)/python -m pytest tests/docs

# Prometheus' own reader of rules, without which its tests are skipped: Debian has it in the package prometheus,
# of which this takes the one program.
promtool: DOWNLOAD = apt-get download --quiet=2 --option APT::Sandbox::User=root prometheus
promtool: $(BIN)/promtool
$(BIN)/promtool: | $(BIN)/python
	@mkdir -p $(VENV)/debian
	@cd $(VENV)/debian && { $(DOWNLOAD) || { apt-get update --quiet=2 && $(DOWNLOAD); }; }
	@dpkg-deb --extract $(VENV)/debian/prometheus_*.deb $(VENV)/debian
	@cp $(VENV)/debian/usr/bin/promtool $@
	@rm -rf $(VENV)/debian

# Alertmanager, without which its tests are skipped: Debian has it in the package prometheus-alertmanager, which
# reads its templates from /usr/share. That path is replaced in the program by another of the same length, of the
# folder in which it runs: so nothing is installed outside of this one, and nobody has to be root.
alertmanager: DOWNLOAD = apt-get download --quiet=2 --option APT::Sandbox::User=root prometheus-alertmanager
alertmanager: SHARE = $(VENV)/share/alertmanager
alertmanager: $(BIN)/alertmanager
$(BIN)/alertmanager: | $(BIN)/python
	@mkdir -p $(VENV)/debian-alertmanager $(SHARE)
	@cd $(VENV)/debian-alertmanager && { $(DOWNLOAD) || { apt-get update --quiet=2 && $(DOWNLOAD); }; }
	@dpkg-deb --extract $(VENV)/debian-alertmanager/prometheus-alertmanager_*.deb $(VENV)/debian-alertmanager
	@cp $(VENV)/debian-alertmanager/usr/share/prometheus/alertmanager/*.tmpl $(SHARE)
	@cp $(VENV)/debian-alertmanager/usr/bin/amtool $(BIN)/amtool
	@sed 's,/usr/share/prometheus/alertmanager,/proc/self/cwd/./././././././././.,g' \
		$(VENV)/debian-alertmanager/usr/bin/prometheus-alertmanager > $(SHARE)/alertmanager
	@chmod +x $(SHARE)/alertmanager
	@rm -rf $(VENV)/debian-alertmanager
	@printf '%s\n' '#!/bin/sh' 'cd "$$(dirname "$$0")/../share/alertmanager" && exec ./alertmanager "$$@"' > $@
	@chmod +x $@

clean: ## Remove .venv, .airflow and what the tools left behind
	rm -rf $(VENV) .airflow build dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# `--clear` removes the stamps too, so a broken environment is made anew as a whole.
$(BIN)/python:
	@command -v $(PYTHON) >/dev/null 2>&1 \
		|| { echo "make: $(PYTHON) was not found; install Python 3.11, 3.12 or 3.13, or say make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
		|| { echo "make: Python 3.11, 3.12 or 3.13 is needed, this is $$($(PYTHON) --version 2>&1); say make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "make: $(PYTHON) has no venv module; install it (Debian and Ubuntu: apt install python3-venv) and try again" >&2; exit 1; }
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)

# The pinned files name every package with its exact version: there is nothing left to resolve.
$(VENV)/.demo-stamp: requirements/demo.txt pyproject.toml $(BIN)/python
	@echo "Installing what the demo needs (once, about half a minute)"
	@$(PIP) --no-deps -r requirements/demo.txt
	@$(PIP) --no-deps -e .
	@$(COMPILE)
	@touch $@

# What the demo needs is among it, so its stamp is set as well.
$(VENV)/.dev-stamp: requirements/dev.txt pyproject.toml $(BIN)/python
	@echo "Installing what development needs (once, about a minute)"
	@$(PIP) --no-deps -r requirements/dev.txt
	@$(PIP) --no-deps -e .
	@$(COMPILE)
	@touch $(VENV)/.demo-stamp $@
