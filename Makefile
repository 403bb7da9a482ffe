# SAR-Optical Align. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
QGIS_VENV := .venv-qgis
PY := $(VENV)/bin/python
QGIS_PY := $(QGIS_VENV)/bin/python
BASE_PYTHON ?= $(shell for p in /usr/bin/python3 python3; do command -v $$p >/dev/null && echo $$p && break; done)
OUTPUT ?= demo_output

.PHONY: help setup setup-engine setup-qgis demo test test-engine test-qgis test-desktop lint package bench clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: setup-engine setup-qgis ## Install everything the tests need (on Debian 12 as root: QGIS 3.40 too)

setup-engine: $(VENV)/.ready ## Make the engine's environment

$(VENV)/.ready: resources/requirements-worker.txt requirements-dev.txt
	@bash packaging/system.sh python
	$(BASE_PYTHON) -m venv $(VENV)
	$(PY) -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

setup-qgis: $(QGIS_VENV)/.ready ## Install QGIS 3.40 where it is missing, and the environment of its tests

$(QGIS_VENV)/.ready: requirements-qgis.txt
	@bash packaging/system.sh qgis
	/usr/bin/python3 -m venv --system-site-packages $(QGIS_VENV)
	$(QGIS_PY) -m pip install -q --disable-pip-version-check -r requirements-qgis.txt
	@touch $@

demo: $(VENV)/.ready ## Register a synthetic pair and compare with the truth; or REF=a.tif SENSED=b.tif
ifdef REF
	@mkdir -p $(OUTPUT)
	$(PY) packaging/run.py register $(REF) $(SENSED) --output $(OUTPUT)/aligned.tif --points $(OUTPUT)/tie_points.points --gpkg $(OUTPUT)/tie_points.gpkg \
	  --report $(OUTPUT)/report.html --json $(OUTPUT)/result.json --overwrite
	@echo "Files are in $(OUTPUT)/"
else
	$(PY) packaging/run.py demo --output $(OUTPUT)
endif

test: lint test-engine test-qgis test-desktop package ## Run every test

lint: $(VENV)/.ready
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy plugin/core/*.py
	$(VENV)/bin/bandit -q -r plugin ui models __init__.py --severity-level medium

test-engine: $(VENV)/.ready
	$(PY) -m pytest tests/unit tests/engine -q

test-qgis: $(QGIS_VENV)/.ready $(VENV)/.ready
	QT_QPA_PLATFORM=offscreen SOA_WORKER_PYTHON=$(abspath $(PY)) $(QGIS_PY) -m pytest tests/qgis tests/gui -q -p no:xvfb

test-desktop: $(QGIS_VENV)/.ready $(VENV)/.ready
	SOA_WORKER_PYTHON=$(abspath $(PY)) $(PY) -m pytest tests/desktop -q

package: $(VENV)/.ready ## Build and check the plugin's zip in dist/
	$(PY) packaging/build.py

bench: $(VENV)/.ready ## Measure all matchers: make bench DATASET=folder
	$(PY) packaging/run.py bench $(DATASET) --protocol shift,affine,unrelated

clean: ## Remove environments and results
	rm -rf $(VENV) $(QGIS_VENV) dist build demo_output bench_output
