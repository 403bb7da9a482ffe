# SAR-Optical Align. `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
QGIS_VENV := .venv-qgis
PY := $(VENV)/bin/python
QGIS_PY := $(QGIS_VENV)/bin/python
PIP := -m pip install -q --disable-pip-version-check --no-input --root-user-action=ignore
OUTPUT ?= demo_output
DATASET ?= ../shared/data
SPLIT ?= val
SCREENSHOTS ?= build/screenshots
TORTURE ?=

# Which Python makes the engine's environment, which torch it gets, whether QGIS comes from backports: empty = packaging/*.sh choose.
export BASE_PYTHON TORCH QGIS_FROM

# QGIS of the tests: no screen, and none of the user's settings.
QGIS_ENV = QT_QPA_PLATFORM=offscreen SOA_WORKER_PYTHON=$(abspath $(PY)) QGIS_CUSTOM_CONFIG_PATH=$(abspath $(QGIS_VENV))/profile \
  XDG_RUNTIME_DIR=$(abspath $(QGIS_VENV))/runtime

.PHONY: help setup setup-engine setup-qgis demo test test-engine test-qgis test-desktop session help-pages lint package notes release torture bench bench-review pictures translate locks check-locks clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: setup-qgis setup-engine ## Install everything the tests need (on Debian 12 and 13 as root: QGIS too)

setup-engine: $(VENV)/.dev ## Make the engine's environment, with the tools of the tests

setup-qgis: $(QGIS_VENV)/.ready ## Install QGIS where it is missing, and the environment of its tests

$(VENV)/.ready: $(wildcard resources/requirements-*.txt)
	@bash packaging/engine.sh $(VENV)
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements-mamba.txt $(VENV)/.ready
	@echo "Adding the tools of the tests to $(VENV)"
	@$(PY) $(PIP) -r requirements-dev.txt
	@if $(PY) -c "import torch" 2>/dev/null; then \
	  MAMBA_FORCE_BUILD=TRUE MAMBA_SKIP_CUDA_BUILD=TRUE $(PY) $(PIP) --no-build-isolation --no-deps -r requirements-mamba.txt; \
	else echo "Without torch: the networks are not tested, and their reference mamba-ssm is left out."; fi
	@touch $@

$(QGIS_VENV)/.ready: requirements-qgis.txt
	@bash packaging/system.sh qgis
	@echo "Making $(QGIS_VENV)"
	@/usr/bin/python3 -m venv --system-site-packages $(QGIS_VENV)
	@$(QGIS_PY) $(PIP) -r requirements-qgis.txt
	@mkdir -p $(QGIS_VENV)/profile && mkdir -p -m 700 $(QGIS_VENV)/runtime
	@touch $@

demo: $(VENV)/.ready ## Register a synthetic pair and compare with the truth; or REF=a.tif SENSED=b.tif
ifdef REF
	@mkdir -p "$(OUTPUT)"
	@$(PY) packaging/run.py register "$(REF)" "$(SENSED)" --output "$(OUTPUT)/aligned.tif" --points "$(OUTPUT)/tie_points.points" \
	  --gpkg "$(OUTPUT)/tie_points.gpkg" --report "$(OUTPUT)/report.html" --json "$(OUTPUT)/result.json" --overwrite
	@echo "Files are in $(abspath $(OUTPUT))"
else
	@$(PY) packaging/run.py demo --output "$(OUTPUT)" $(if $(filter demo_output,$(OUTPUT)),--overwrite)
endif

test: setup lint test-engine test-qgis test-desktop package ## Run every test
	@echo "All tests passed."

lint: $(VENV)/.dev ## Check style, types and security
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	@mkdir -p $(VENV)/link && ln -sfn ../.. $(VENV)/link/sar_optical_align
	@if $(PY) -c "import sys, torch; sys.exit(sys.version_info[:2] > (3, 12))" 2>/dev/null; then \
	  cd $(VENV)/link && ../bin/mypy --config-file ../../pyproject.toml --cache-dir ../mypy \
	    -p sar_optical_align.plugin.core -p sar_optical_align.plugin.matchers -p sar_optical_align.plugin.engine -p sar_optical_align.models \
	    -p sar_optical_align.plugin.gis -p sar_optical_align.plugin.work -p sar_optical_align.plugin.store -p sar_optical_align.plugin.reviewing \
	    -p sar_optical_align.plugin.dock -p sar_optical_align.plugin.provider -p sar_optical_align.ui -m sar_optical_align.plugin.main; \
	else echo "Types are not checked: they are stated for the pins of Python 3.10 to 3.12, with torch."; fi

test-engine: $(VENV)/.dev ## Test core, engine and networks
	$(PY) -m pytest $(wildcard tests/test_*.py) tests/unit tests/matchers tests/engine tests/models tests/fuzz -q

test-qgis: $(QGIS_VENV)/.ready $(VENV)/.dev ## Test the plugin in QGIS without a screen
	$(QGIS_ENV) $(QGIS_PY) -m pytest tests/qgis tests/gui -q -p no:xvfb -W ignore::DeprecationWarning

test-desktop: $(QGIS_VENV)/.ready $(VENV)/.dev ## Drive the real QGIS desktop under Xvfb
	SOA_WORKER_PYTHON=$(abspath $(PY)) $(PY) -m pytest tests/desktop -q

session: $(QGIS_VENV)/.ready $(VENV)/.dev ## A whole working session in QGIS, killed and reopened; pictures of each step go to SCREENSHOTS=folder
	SOA_SCREENSHOTS="$(abspath $(SCREENSHOTS))" SOA_WORKER_PYTHON=$(abspath $(PY)) $(PY) -m pytest tests/desktop -q -rs

help-pages: $(QGIS_VENV)/.ready $(VENV)/.dev ## Write the tables of the help from the code
	$(QGIS_ENV) $(QGIS_PY) packaging/help_tables.py
	$(PY) packaging/help_tables.py

package: $(VENV)/.dev $(QGIS_VENV)/.ready ## Build the plugin's zip in dist/, check it, load it in QGIS
	$(PY) packaging/build.py
	$(QGIS_ENV) /usr/bin/python3 packaging/load_zip.py

notes: ## Bring the changelog of metadata.txt up to date from CHANGELOG.md
	python3 packaging/release.py notes

release: $(VENV)/.dev ## Check, package and tag the version of metadata.txt
	$(PY) packaging/release.py check
	$(MAKE) --no-print-directory package
	$(PY) -m pip wheel -q --no-deps --no-build-isolation -w dist .
	$(PY) packaging/release.py tag

torture: $(VENV)/.dev ## Hostile rasters, mutated files, worker faults, odd outputs: make torture TORTURE="--seed 3 --rasters 500 --write docs/torture.md"
	@$(PY) packaging/torture.py $(TORTURE)

bench: $(VENV)/.ready ## Measure all matchers: make bench DATASET=folder SPLIT=val
	$(PY) packaging/run.py bench "$(DATASET)" --split $(SPLIT) --protocol shift,affine,unrelated

bench-review: $(QGIS_VENV)/.ready ## Measure the review in QGIS: edit, refit, table and canvas, frames a second, opening
	@$(QGIS_ENV) $(QGIS_PY) packaging/bench_review.py

pictures: $(QGIS_VENV)/.ready ## Render every tab, dialog and page: 100, 150 and 200 %, English and German, light and dark, into $(OUTPUT)
	@$(QGIS_ENV) $(QGIS_PY) packaging/render_rooms.py $(OUTPUT)

translate: $(VENV)/.ready ## Bring the catalogue of translations up to date (needs lrelease)
	$(PY) packaging/translations.py

locks: ## Make the worker's pins with hashes anew, for every Python (needs uv)
	python3 packaging/locks.py

check-locks: ## Ask pip whether every pin can be had as a wheel for its Python
	python3 packaging/locks.py check

clean: ## Remove environments and results
	rm -rf $(VENV) $(QGIS_VENV) dist build demo_output bench_output *.egg-info
