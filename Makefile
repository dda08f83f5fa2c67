# For strangers: `make demo` and `make test`. Each prepares .venv on first use, as `make install` does for whoever goes on
# to run the service; only python3 is needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PIN = $(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command "make pins" --quiet $(UPGRADE)
DEV_PINS := .ci/requirements-dev.txt

.PHONY: demo install test check format clean pins messages

install: $(VENV)/.app

demo: $(VENV)/.app
	@$(BIN)/tocsin demo

test: check
	@# Most tests wait for processes and platforms, so that more of them than cores may run at once.
	$(BIN)/pytest -n 6 --dist worksteal

# Everything but the tests: style, types, and who may import whom.
check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Resolves pyproject.toml into exact versions with their hashes, keeping the pinned ones where they still fit
# (UPGRADE=--upgrade takes the newest). Checked in with the change that needs them.
pins: $(BIN)/python
	$(PIP) install uv
	$(PIN) --extra postgres --output-file requirements.txt
	$(PIN) --extra dev --extra postgres --constraint requirements.txt --output-file $(DEV_PINS)

# Brings the texts of the interface into the catalogues; what is new there waits to be translated.
BABEL := $(BIN)/pybabel --quiet
CATALOGUE := $(VENV)/messages.pot
messages: $(VENV)/.dev
	PYTHONPATH=.ci $(BABEL) extract --mapping .ci/babel.cfg --no-default-keywords --keyword tr --keyword trn:1,2 --keyword later --keyword Command:2 \
		--keyword Sentence \
		--no-location --no-wrap --sort-output --omit-header --output-file $(CATALOGUE) bot storage
	for language in ru fa tg; do \
		$(BABEL) update --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
			--input-file $(CATALOGUE) --locale $$language --output-file bot/locales/$$language.po || exit 1; \
	done

clean:
	rm -rf $(VENV)

$(BIN)/python:
	@sh .ci/make-venv "$(PYTHON)" "$(VENV)"

# Only files whose hashes are checked in are installed; Tocsin itself is built with the pinned builder.
$(VENV)/.app: $(BIN)/python pyproject.toml requirements.txt
	@echo "Installing Tocsin into $(VENV) (once, about a minute)…"
	@$(PIP) install --require-hashes --requirement requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml $(DEV_PINS)
	@echo "Installing Tocsin and its test tools into $(VENV) (once, about a minute)…"
	@$(PIP) install --require-hashes --requirement $(DEV_PINS)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.app
