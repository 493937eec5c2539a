# Everything sets itself up in .venv. Another Python: make test PYTHON=python3.13 VENV=.venv-3.13
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install -qq

.PHONY: help demo test test-adapters check facts docs bench vscode clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.runtime ## lint the demo platform, in Terraform and CloudFormation
	@$(BIN)/fabriclint check fixtures/demo/terraform fixtures/demo/cloudformation --exit-zero

test: $(VENV)/.dev ## run the tests
	@$(BIN)/python -m pytest

test-adapters: $(VENV)/.dev ## run fabriclint inside checkov and cfn-lint, the newest and an older one
	@$(BIN)/python tools/test_adapters.py

check: $(VENV)/.dev $(VENV)/.facts ## style, types, import floors, generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/make_facts.py --check
	$(BIN)/python tools/make_docs.py --check
	$(BIN)/python tools/make_hooks.py --check
	$(BIN)/python tools/make_ids.py --check

facts: $(VENV)/.dev $(VENV)/.facts ## regenerate the instance facts
	$(BIN)/python tools/make_facts.py

docs: $(VENV)/.dev $(VENV)/.docs ## regenerate the rule pages and the hooks, and build the site into build/site
	$(BIN)/python tools/make_docs.py
	$(BIN)/python tools/make_hooks.py
	$(BIN)/python tools/make_ids.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

bench: $(VENV)/.dev ## measure runs beside other tools and the language server, and write the figures into bench/README.md
	$(BIN)/python bench/peers.py --write
	$(BIN)/python bench/keystroke.py --write

vscode: ## check the extension for VS Code and pack it into build/fabriclint.vsix
	cd editors/vscode && npm ci --no-audit --no-fund && npm run check
	@mkdir -p build
	cd editors/vscode && npm run pack -- --out ../../build/fabriclint.vsix

clean: ## remove .venv, caches and build products
	rm -rf $(VENV) .venv-checkov* .venv-cfn-lint* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find linter rules tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "fabriclint needs Python 3.11 or newer; there is no '$(PYTHON)' here. Name one: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "fabriclint needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name another: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up $(VENV)" >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.runtime: pyproject.toml | $(VENV)/.made
	@echo "Installing fabriclint" >&2
	@$(PIP) -e .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/.made
	@echo "Installing fabriclint and its development tools" >&2
	@$(PIP) -e '.[dev]'
	@touch $(VENV)/.runtime $@

$(VENV)/.docs: pyproject.toml | $(VENV)/.made
	@$(PIP) -e '.[docs]'
	@touch $@

# The facts come from data files of one package: it is installed alone.
$(VENV)/.facts: pyproject.toml | $(VENV)/.made
	@$(PIP) --no-deps "$$($(BIN)/python -c \
	  'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["facts"])')"
	@touch $@
