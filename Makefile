# make run · make test · make check; see README.md
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run index test test-llm check format eval screenshot clean

run: .venv/run.stamp  ## set up, build the index if needed, open the web chat
	$(BIN)/briefbot serve

index: .venv/run.stamp  ## rebuild the index from corpus/
	$(BIN)/briefbot index

test: .venv/test.stamp  ## set up, run all tests
	sh scripts/ensure-test-programs.sh
	$(BIN)/pytest

check: .venv/test.stamp  ## what CI runs: format, lint, types, import layers, corpus, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/briefbot corpus check
	sh scripts/ensure-test-programs.sh
	$(BIN)/pytest --cov --cov-report=term:skip-covered

format: .venv/test.stamp  ## format and mend what ruff can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

eval: .venv/run.stamp  ## measure quality: corpus, conversations, article, orders, statements
	$(BIN)/briefbot index
	$(BIN)/briefbot eval
	$(BIN)/briefbot eval --conversations evaluation/conversations.jsonl
	$(BIN)/briefbot eval --cases evaluation/article.jsonl --corpus corpus/beyond-hub-and-spoke.md
	$(BIN)/briefbot eval --injections evaluation/injections
	$(BIN)/briefbot eval --statements evaluation/statements.jsonl

test-llm: .venv/test.stamp  ## ask 30 cases through the local chat model; minutes to hours
	$(INSTALL) --editable '.[local]'
	$(BIN)/briefbot model fetch
	$(BIN)/briefbot index --if-needed
	$(BIN)/python scripts/ask_local_model.py

screenshot: .venv/test.stamp  ## take the README's pictures anew
	sh scripts/ensure-test-programs.sh
	$(BIN)/python scripts/screenshot.py

clean:  ## remove the environment and the index
	rm -rf .venv index/CURRENT index/generation-*

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "BriefBot needs Python 3.11 or newer; set PYTHON=/path/to/python3.")'
	$(PYTHON) -m venv .venv

.venv/run.stamp: pyproject.toml constraints.txt | .venv/bin/python
	$(INSTALL) torch==2.13.0
	$(INSTALL) --editable .
	touch $@

.venv/test.stamp: .venv/run.stamp
	$(INSTALL) --editable '.[test,lint,ocr,ollama,openai,anthropic]'
	touch $@
