# The project's tasks. `make demo` and `make test` need Python 3.11+, pip and make; nothing else.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
SECONDS ?= 60
READY   = $(VENV)/.ready
STAMP   = $(VENV)/.ready-to-develop

.PHONY: develop demo test check lint types catalogues coverage weights models bench fuzz clean

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(STAMP): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

develop: $(STAMP)

demo: $(READY)  ## diagnose the two sample reports, in English and in French
	$(BIN)/mailwhy --lang en tests/fixtures/demo/reports.txt
	$(BIN)/mailwhy --lang fr tests/fixtures/demo/reports.txt

test: $(STAMP)  ## the tests that the README names
	$(BIN)/python -m pytest

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

catalogues: $(STAMP)  ## everything is said in both languages, and the knowledge base is sound
	$(BIN)/python -m mailwhy.i18n check
	$(BIN)/mailwhy kb check

coverage: $(STAMP)
	$(BIN)/python -m pytest --cov --cov-report=
	$(BIN)/python -m coverage report --include='src/mailwhy/parsing/*,src/mailwhy/diagnosis/*' --fail-under=95
	$(BIN)/python -m coverage report --skip-covered

check: lint types catalogues coverage  ## everything that must be green; contains `make test`'s tests

weights: $(STAMP)  ## fit kb/weights.yaml to the labelled fixtures
	$(BIN)/python -m mailwhy.training weights tests/fixtures/reports > kb/weights.new
	mv kb/weights.new kb/weights.yaml

models: $(STAMP)  ## train kb/models on the knowledge base's wordings, and parser/judge.json on parser/judge
	$(BIN)/python -m mailwhy.training wordings
	$(BIN)/python -m mailwhy.training judge

bench: $(STAMP)  ## tables of times against the budgets
	for script in tests/benchmarks/bench_*.py; do $(BIN)/python $$script || exit 1; done

fuzz: $(STAMP)  ## look for input that makes the parser raise or hang, for SECONDS
	$(BIN)/python -m pip install --quiet --disable-pip-version-check atheris
	$(BIN)/python tests/fuzz/fuzz_parsing.py -max_total_time=$(SECONDS)

clean:
	rm -rf $(VENV) dist build .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
