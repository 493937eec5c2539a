# Everything sets itself up in .venv. Another Python: make test PYTHON=python3.13 VENV=.venv-3.13
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RELEASE := $(VENV)-release
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install -qq
# Only what a lock names by its hash is installed, and only wheels: installing runs no code of a package.
LOCKED := $(PIP) --require-hashes --only-binary :all:
EDITABLE := $(PIP) --no-deps --no-build-isolation -e .

.PHONY: help demo test test-adapters test-pythons check facts docs bench instructions vscode lock audit dist publish clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.runtime ## lint the demo platform, in Terraform and CloudFormation
	@$(BIN)/fabriclint check fixtures/demo/terraform fixtures/demo/cloudformation --exit-zero

test: $(VENV)/.dev ## run the tests
	@$(BIN)/python -m pytest

test-adapters: $(VENV)/.dev ## run fabriclint inside checkov and cfn-lint, the newest and an older one
	@$(BIN)/python tools/test_adapters.py

test-pythons: $(VENV)/.dev ## compare what the other Pythons that are here report of all fixtures
	@$(BIN)/python tools/test_pythons.py

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
	$(BIN)/python tools/make_locks.py --check
	$(BIN)/python tools/make_measurements.py --check

facts: $(VENV)/.dev $(VENV)/.facts ## regenerate the instance facts
	$(BIN)/python tools/make_facts.py

docs: $(VENV)/.dev $(VENV)/.docs ## regenerate the rule pages and the hooks, and build the site into build/site
	$(BIN)/python tools/make_docs.py
	$(BIN)/python tools/make_hooks.py
	$(BIN)/python tools/make_ids.py
	$(BIN)/python tools/make_measurements.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

bench: $(VENV)/.dev ## measure runs beside other tools, and the language server; STACKS=DIR adds the checkouts there
	$(BIN)/python bench/peers.py --write $(if $(STACKS),--stacks $(STACKS))
	$(BIN)/python bench/keystroke.py --write
	$(BIN)/python tools/make_measurements.py

instructions: $(VENV)/.dev ## count the instructions of some runs with valgrind
	$(BIN)/python bench/instructions.py --write
	$(BIN)/python tools/make_measurements.py

vscode: ## check the extension for VS Code and pack it into build/fabriclint.vsix
	cd editors/vscode && npm ci --no-audit --no-fund && npm run check
	@mkdir -p build
	cd editors/vscode && npm run pack -- --out ../../build/fabriclint.vsix

lock: $(RELEASE)/.made ## resolve requirements/ anew; LOCK=--upgrade takes the newest versions
	$(RELEASE)/bin/python tools/make_locks.py $(LOCK)

audit: $(RELEASE)/.made ## ask the package index for known faults of what requirements/ names
	@for lock in requirements/*.txt; do \
	  echo "$$lock" && $(RELEASE)/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r "$$lock" || exit 1; \
	done

dist: $(RELEASE)/.made ## build the release of the commit into dist/; TAG=v0.1.0 must be its version
	$(RELEASE)/bin/python tools/make_dist.py --tag "$${TAG:-}"

publish: $(RELEASE)/.made ## upload dist/ to the package index; only the release workflow is trusted to
	$(RELEASE)/bin/uv publish --trusted-publishing always dist/*.whl dist/*.tar.gz

clean: ## remove .venv, caches and build products
	rm -rf $(VENV) $(RELEASE) .venv-checkov* .venv-cfn-lint* .venv-3.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find linter rules tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "fabriclint needs Python 3.11 or newer; there is no '$(PYTHON)' here. Name one: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "fabriclint needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name another: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up $(VENV)" >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.runtime: pyproject.toml requirements/build.txt requirements/runtime.txt | $(VENV)/.made
	@echo "Installing fabriclint" >&2
	@$(LOCKED) -r requirements/build.txt -r requirements/runtime.txt
	@$(EDITABLE)
	@touch $@

$(VENV)/.dev: pyproject.toml requirements/dev.txt | $(VENV)/.made
	@echo "Installing fabriclint and its development tools" >&2
	@$(LOCKED) -r requirements/dev.txt
	@$(EDITABLE)
	@touch $(VENV)/.runtime $@

$(VENV)/.docs: requirements/docs.txt | $(VENV)/.made
	@$(LOCKED) -r requirements/docs.txt
	@touch $@

# The facts come from data files of one package: it is installed alone.
$(VENV)/.facts: requirements/facts.txt | $(VENV)/.made
	@$(LOCKED) --no-deps -r requirements/facts.txt
	@touch $@

# What makes releases and locks never meets what the tests run with.
$(RELEASE)/.made: requirements/release.txt | $(VENV)/.made
	@echo "Setting up $(RELEASE)" >&2
	@$(PYTHON) -m venv --clear $(RELEASE)
	@$(subst $(BIN),$(RELEASE)/bin,$(LOCKED)) -r requirements/release.txt
	@touch $@
