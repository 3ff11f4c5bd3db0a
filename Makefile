# Needs only Python 3.11 to 3.14 and make. `make setup PYTHON=/path/to/python3` names another Python.

BIN := .venv/bin
WORKERS ?= 3

.PHONY: setup assets demo test check bench migration clean

setup: .venv/.installed node_modules/.copied

assets: node_modules/.copied

demo: setup
	@$(BIN)/holdchain demo $(ARGS)

test: setup
	@tools/test_services.sh
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo >.venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }
	@$(BIN)/python tools/check_docs.py
	@echo "check: all good."

bench: setup
	@$(BIN)/holdchain bench $(ARGS)

# Writes what changed in the tables since the newest migration: make migration M="what changes"
migration: setup
	@$(BIN)/python tools/migration.py $(M)

# Leaves the data of a running house (var/) alone.
clean:
	@rm -rf .venv node_modules api/pages/static/vendor api/reports/fonts build dist *.egg-info
	@rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.installed: requirements.lock pyproject.toml tools/setup.sh
	@PYTHON="$(PYTHON)" tools/setup.sh
	@touch $@

node_modules/.copied: package.json package-lock.json tools/assets.py | .venv/.installed
	@$(BIN)/python tools/assets.py
	@touch $@
