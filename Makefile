# make demo: sets up, then compares two example articles with the real models.
# make test: sets up, then lint, types and all tests.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test setup lint clean

demo: setup
	$(BIN)/tabayyun check examples/port-strike-a.txt examples/port-strike-b.txt --a-outlet "شبكة الساحل" --b-outlet "صوت العمال"

test: setup lint
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

setup: $(VENV)/.linked

$(VENV)/.installed: requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	touch $@

# A strict editable install links file by file (mypy needs that), so a new file links again.
$(VENV)/.linked: $(VENV)/.installed pyproject.toml checker checker/templates checker/review checker/review/templates checker/review/static models eval configs configs/cues configs/numbers configs/recipes configs/schemas configs/times
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--config-settings editable_mode=strict -e .
	touch $@

clean:
	rm -rf $(VENV) build *.egg-info
