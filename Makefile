# Two commands do everything, set-up included: `make run` reads seeds/ into output/, `make test` runs the tests.
.DEFAULT_GOAL := help
.PHONY: help setup run test test-long test-engines engines test-all lint lock clean

VENV := .venv
READY := $(VENV)/.ready
# The first interpreter that really starts and is in range (a pyenv shim may exist without its Python).
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1 && echo "$$p" && break; done)

help: ## show these lines
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(READY) ## make .venv with the command .venv/bin/onrecord in it; quick when nothing has changed

$(READY): pyproject.toml constraints.txt Makefile
	@test -n "$(PYTHON)" || { echo "onrecord needs Python 3.11, 3.12 or 3.13; set PYTHON=/path/to/python" >&2; exit 2; }
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet "pip>=25.3,<27"
	$(VENV)/bin/python -m pip install --quiet --constraint constraints.txt --build-constraint constraints.txt \
		--group build --group test --group lint --editable .
	@touch $@

run: setup ## read seeds/ into output/ and print what was found
	$(VENV)/bin/onrecord run seeds --output output

test: setup ## run the tests, two at a time
	$(VENV)/bin/python -m pytest --numprocesses 2 --dist worksteal

test-long: setup ## run the few tests that take long: stores that fail, records that kill workers
	$(VENV)/bin/python -m pytest --numprocesses 2 --dist worksteal -m long tests

# What the tests of engines need, each by itself: Prism and an S3 server from Go's modules, environments from PyPI.
ENGINES := .engines
BEAM := $(shell sed -n 's/^apache-beam==//p' constraints.txt)
PRISM := github.com/apache/beam/sdks/v2/go/cmd/prism@v$(BEAM)
BOOT := github.com/apache/beam/sdks/v2/python/container@v$(BEAM)
VERSITYGW := github.com/versity/versitygw/cmd/versitygw@v1.8.0
DASK := dask==2026.8.0 distributed==2026.8.0
SPARK := pyspark==4.3.0 pandas==2.3.3
SOURCES = $(shell find onrecord/ pipeline/ transforms/ -name '*.py') pyproject.toml constraints.txt

engines: setup ## make what test-engines needs, in .engines: needs Go and Java 17
	@command -v go >/dev/null || { echo "make engines needs Go (https://go.dev/dl)" >&2; exit 2; }
	@command -v java >/dev/null || { echo "make engines needs Java 17" >&2; exit 2; }
	$(MAKE) --no-print-directory $(ENGINES)/bin/prism $(ENGINES)/bin/boot $(ENGINES)/bin/versitygw \
		$(ENGINES)/worker/.ready $(ENGINES)/cluster/.ready

$(ENGINES)/bin/prism: constraints.txt
	GOBIN=$(abspath $(ENGINES)/bin) go install $(PRISM)
	@touch $@

# The entry point of Beam's Python images, which its module calls "container".
$(ENGINES)/bin/boot: constraints.txt
	GOBIN=$(abspath $(ENGINES)/bin) go install $(BOOT)
	mv $(ENGINES)/bin/container $@
	@touch $@

$(ENGINES)/bin/versitygw: Makefile
	GOBIN=$(abspath $(ENGINES)/bin) go install $(VERSITYGW)
	@touch $@

$(ENGINES)/wheel/.ready: $(SOURCES)
	rm -rf $(ENGINES)/wheel
	$(VENV)/bin/python -m pip wheel --quiet --no-deps --build-constraint constraints.txt --wheel-dir $(ENGINES)/wheel .
	@touch $@

# Environments that have only the wheel, and what their engine needs; where they are made, a wheel alone is put in anew.
# PySpark wants an older pandas than the tests.
$(ENGINES)/%/.ready: $(ENGINES)/wheel/.ready
	@test -x $(ENGINES)/$*/bin/python || $(PYTHON) -m venv $(ENGINES)/$*
	grep -v '^pandas==' constraints.txt > $(ENGINES)/$*/constraints.txt
	$(ENGINES)/$*/bin/python -m pip install --quiet --constraint $(ENGINES)/$*/constraints.txt s3fs \
		$(ENGINES)/wheel/*.whl $(NEEDS_$*)
	$(ENGINES)/$*/bin/python -m pip install --quiet --no-deps --force-reinstall $(ENGINES)/wheel/*.whl
	@touch $@

NEEDS_cluster := $(DASK) $(SPARK)

test-engines: engines ## run the graph on Prism, Dask and Spark, and on a real S3 server
	ONRECORD_ENGINES=$(abspath $(ENGINES)) $(VENV)/bin/python -m pytest --numprocesses 2 --dist worksteal tests/engines

test-all: ## run the tests on every supported Python that this machine has
	@for version in 3.11 3.12 3.13; do \
		for python in python$$version $$(ls -d $${PYENV_ROOT:-$$HOME/.pyenv}/versions/$$version.*/bin/python 2>/dev/null) ""; do \
			test -n "$$python" && "$$python" -c '' >/dev/null 2>&1 && break; done; \
		if test -z "$$python"; then echo "Python $$version is not on this machine: not tested"; continue; fi; \
		echo "Python $$version: $$python"; $(MAKE) test VENV=.venv-$$version PYTHON="$$python" || exit 1; done

lint: setup ## style, types, and that imports run one way
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

lock: ## pin anew what the ranges in pyproject.toml allow (needs uv)
	uv pip compile --universal --quiet --no-header --no-annotate --upgrade --python-version 3.11 --all-extras \
		--group build --group test --group lint --output-file constraints.txt pyproject.toml

clean: ## remove .venv and caches; output/ stays
	rm -rf $(VENV) .venv-3.* $(ENGINES) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
