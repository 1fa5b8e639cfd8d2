# Each target does all of its own set-up: a virtual environment in .venv, with pinned versions.
# make demo             a record made of nothing, in bonemusic-demo/    (make demo SONG=path: with your song)
# make test             every test                                      make lint    style, types, import rules
# make bench            speed, memory and the slow proofs               make install the command .venv/bin/bonemusic

SHELL = /bin/sh
BIN = .venv/bin
OUT = bonemusic-demo

.PHONY: help install demo test lint bench clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

install:
	@tools/setup.sh

demo:
	@tools/setup.sh
	@$(BIN)/bonemusic demo $(if $(SONG),"$(SONG)") -o "$(OUT)"

test:
	@tools/setup.sh dev
	$(BIN)/python -m pytest -n 2 -m "not slow"

lint:
	@tools/setup.sh dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench:
	@tools/setup.sh dev
	$(BIN)/python -m pytest -m slow -n 0 tests
	$(BIN)/python -m pytest benchmarks -n 0 -p no:randomly --benchmark-json=benchmarks/latest.json
	$(BIN)/python benchmarks/keep.py benchmarks/latest.json

clean:
	rm -rf .venv bonemusic-demo .mypy_cache .ruff_cache .hypothesis .import_linter_cache build
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
