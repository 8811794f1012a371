# make demo: sets up, then compares two example articles with the real models.
# make test: sets up, then lint, types, all tests and the fast part of the gate.
# make eval: all of the gate, minutes: the floors of measured quality.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Every file must have a hash of the lock, and nothing but wheels is taken: no code of a dependency runs meanwhile.
INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all:
# What only checks the supply chain stands apart from what it checks.
TOOLS := .venv-supply

.PHONY: demo test eval setup lint clean lock trials licences audit sbom wheel reproducible

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

# torch's CPU build where an index of this machine has it, else PyPI's; `pip check` tells if any package is missing.
$(VENV)/.installed: requirements.lock requirements-torch.lock requirements-cpu.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	if $(BIN)/python -m pip install --quiet --dry-run --no-deps $$(grep -o '^torch==[^ ]*' requirements-cpu.lock) 2>/dev/null; \
		then torch=cpu; else torch=torch; fi; \
	$(BIN)/python $(INSTALL) -r requirements.lock -r requirements-$$torch.lock
	$(BIN)/python -m pip check
	touch $@

# A strict editable install links file by file (mypy needs that), so a new file links again. `eval` alone is a target.
SOURCES := $(shell find checker models eval configs -type d -not -name __pycache__ -not -path "eval/data*")
$(VENV)/.linked: $(VENV)/.installed pyproject.toml $(addsuffix /.,$(SOURCES))
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--config-settings editable_mode=strict -e .
	touch $@

$(TOOLS)/.installed: requirements-supply.lock
	test -x $(TOOLS)/bin/python || $(PYTHON) -m venv $(TOOLS) || python3 -m venv $(TOOLS)
	$(TOOLS)/bin/python $(INSTALL) -r $<
	touch $@

trials: setup requirements-trials.lock
	$(BIN)/python $(INSTALL) -r requirements-trials.lock

# UPGRADE=--upgrade takes the newest versions.
lock: $(TOOLS)/.installed
	PATH=$(TOOLS)/bin:$$PATH $(TOOLS)/bin/python scripts/lock.py $(UPGRADE)

licences: setup $(TOOLS)/.installed
	$(BIN)/python scripts/licences.py

audit: $(TOOLS)/.installed
	$(TOOLS)/bin/python scripts/audit.py

sbom: $(TOOLS)/.installed
	mkdir -p dist
	cat requirements.lock requirements-torch.lock | $(TOOLS)/bin/cyclonedx-py requirements - --pyproject pyproject.toml --mc-type application \
		--output-reproducible --validate --sv 1.6 --of JSON -o dist/sbom.cdx.json

wheel: setup
	PYTHON=$(abspath $(BIN)/python) sh scripts/wheel.sh dist

reproducible: setup
	PYTHON=$(abspath $(BIN)/python) sh scripts/reproducible_wheel.sh

clean:
	rm -rf $(VENV) $(TOOLS) build *.egg-info
