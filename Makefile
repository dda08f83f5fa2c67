# Two commands for strangers: `make demo` and `make test`. Each prepares .venv on first use; only python3 is needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test check format clean pins

demo: $(VENV)/.app
	@$(BIN)/tocsin demo

test: check
	$(BIN)/pytest

# Everything but the tests: style, types, and who may import whom.
check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Writes down the versions that are installed now, to be checked in with the change that needs them.
pins: $(VENV)/.dev
	$(BIN)/python -m pip --disable-pip-version-check freeze --exclude-editable --exclude tocsin > constraints.txt

clean:
	rm -rf $(VENV)

$(BIN)/python:
	@sh .ci/make-venv "$(PYTHON)" "$(VENV)"

$(VENV)/.app: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing Tocsin into $(VENV) (once, about a minute)…"
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing Tocsin and its test tools into $(VENV) (once, about a minute)…"
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.app
