# make demo: sets up, then compares two example articles with the real models.
# make test: sets up, then lint, types, all tests and the fast part of the gate.
# make eval: all of the gate, minutes: the floors of measured quality.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test eval setup lint clean

demo: setup
	$(BIN)/tabayyun check examples/port-strike-a.txt examples/port-strike-b.txt --a-outlet "شبكة الساحل" --b-outlet "صوت العمال"

test: setup lint
	$(BIN)/python -m pytest
	$(BIN)/tabayyun eval gate --fast

eval: setup
	$(BIN)/tabayyun eval gate

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

setup: $(VENV)/.linked

$(VENV)/.installed: requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	touch $@

# A strict editable install links file by file (mypy needs that), so a new file links again. `eval` alone is a target.
SOURCES := $(shell find checker models eval configs -type d -not -name __pycache__ -not -path "eval/data*")
$(VENV)/.linked: $(VENV)/.installed pyproject.toml $(addsuffix /.,$(SOURCES))
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--config-settings editable_mode=strict -e .
	touch $@

clean:
	rm -rf $(VENV) build *.egg-info
