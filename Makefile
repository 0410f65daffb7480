# make demo · make test · make check · make bench · make lock. Each works from a bare checkout with Python 3.11 and make.

PORT ?= 8000
WORKERS ?= 2
python := .venv/bin/python

.PHONY: demo test check style floors migrations types bench lock base dev

demo: base
	@exec $(python) -m backflush.serve $(PORT)

# ARGS="tests/engine -k loss" picks some.
test: dev
	@tests/get-chromium
	$(python) -m pytest -n $(WORKERS) $(ARGS)

# `make -k check` goes on after a failure.
check: style floors migrations types

style: dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djlint templates --lint --quiet

floors: dev
	.venv/bin/lint-imports --no-logo

migrations: dev
	$(python) manage.py check --fail-level WARNING
	$(python) manage.py makemigrations --check --dry-run

types: dev
	.venv/bin/mypy

# ARGS=--json prints numbers for programs.
bench: dev
	@$(python) -m bench $(ARGS)

# ARGS=--upgrade takes what is newest; without it only what the .in files ask for changes.
lock: dev
	for kind in base dev; do \
		.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(ARGS) \
			requirements/$$kind.in -o requirements/$$kind.txt || exit; \
	done

base dev:
	@requirements/install $@
