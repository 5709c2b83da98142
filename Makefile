# make reproduce   set up, run the pipeline at the default tier, name the report and the key figures
# make test        set up, then every check and test
TIER ?= laptop
PAPER ?= all
PYTHON ?= python3
CORES ?= all

export OMP_NUM_THREADS = 1
bin := .venv/bin

.PHONY: reproduce test setup clean

reproduce: .venv/runtime
	@$(bin)/python -m common plan $(PAPER) --tier $(TIER)
	@$(bin)/snakemake all --cores $(CORES) --config tier=$(TIER) papers=$(PAPER) --quiet rules host reason
	@$(bin)/python -m common show $(PAPER) --tier $(TIER)

test: .venv/dev
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/snakefmt --check Snakefile workflows
	$(bin)/mypy
	$(bin)/snakemake --lint
	$(bin)/pytest -n 2 --dist loadgroup

setup: .venv/dev

clean:
	rm -rf .venv results/smoke results/laptop .snakemake

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "make: Python >= 3.11 is needed, found $$($(PYTHON) -V 2>&1); name one with PYTHON=python3.12" >&2; exit 2; }
	@echo "Installing into .venv (about a minute the first time)"
	@$(PYTHON) -m venv .venv

.venv/runtime: pyproject.toml constraints.txt | .venv/bin/python
	@$(bin)/pip install --quiet --use-pep517 --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/dev: .venv/runtime
	@$(bin)/pip install --quiet --use-pep517 --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
