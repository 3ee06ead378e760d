# Every target sets itself up: a bare machine needs Python >= 3.11 (with venv) and a package index.
PYTHON ?= $(firstword $(foreach name,python3.11 python3 python3.12 python3.13 python3.14,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
VENV ?= .venv
# Which Pythons the archives carry: a name in release/pythons.json.
PYTHONS ?= maven
BIN = $(VENV)/bin
# The plugin, and the kubectl of the tests where the machine has none of its own.
ON_PATH = PATH="$(abspath $(BIN)):$$PATH"
FUZZ_SECONDS ?= 60
DEMO_ARGUMENTS = $(if $(TRY),--try)

.DEFAULT_GOAL = help
.PHONY: help install demo test test-oldest check format fuzz e2e e2e-restarts bench generate recording dist test-dist lock clean

help:  ## say what can be made
	@sed -n 's/^\([a-z0-9-]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

install: $(VENV)/.installed  ## install the plugin and the tools into .venv

demo: $(VENV)/.installed  ## see the plugin at work on a simulated cluster; TRY=1 leaves a shell open
	$(ON_PATH) $(BIN)/python -m tests.demo $(DEMO_ARGUMENTS)

test: $(VENV)/.installed  ## run the tests; they need neither a cluster nor the network
	$(ON_PATH) $(BIN)/pytest -q -n 2

test-oldest:  ## run the tests with the oldest dependencies that setup.cfg allows
	PIP_CONSTRAINT="$(abspath tests/oldest.txt)" $(MAKE) VENV=.venv-oldest test

check: $(VENV)/.installed  ## lint, format, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed  ## format the code and mend what ruff can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Not with the other tools: it is large, and not to be had for every system.
fuzz: $(VENV)/.installed  ## look for kubeconfigs that are read otherwise than by PyYAML, for FUZZ_SECONDS=60
	$(BIN)/python -m pip install --quiet 'atheris>=3,<4'
	mkdir -p build/fuzz
	$(BIN)/python -m tests.fuzz.kubeconfigs -max_total_time=$(FUZZ_SECONDS) -max_len=400 -artifact_prefix=build/ build/fuzz tests/fuzz/seeds

e2e: $(VENV)/.installed  ## run the tests that need a cluster with Argo Workflows, named by KUBECONFIG, and after `make dist` krew's
	@test -n "$$KUBECONFIG" || { echo "make e2e: set KUBECONFIG to a cluster with Argo Workflows (see CONTRIBUTING.md)" >&2; exit 2; }
	E2E=1 $(if $(wildcard dist/argo-pods.yaml),DIST="$(abspath dist)") $(ON_PATH) $(BIN)/pytest -q tests/e2e -m "not restarts"

e2e-restarts: $(VENV)/.installed  ## run those of the tests that restart parts of the cluster, by the command in E2E_RESTART
	@test -n "$$KUBECONFIG" -a -n "$$E2E_RESTART" || { echo "make e2e-restarts: set KUBECONFIG and E2E_RESTART (see CONTRIBUTING.md)" >&2; exit 2; }
	E2E=1 $(ON_PATH) $(BIN)/pytest -q tests/e2e -m restarts

bench: $(VENV)/.installed  ## compare time and memory with kubectl and argo, on the cluster named by KUBECONFIG
	@test -n "$$KUBECONFIG" || { echo "make bench: set KUBECONFIG to a cluster with Argo Workflows (see CONTRIBUTING.md)" >&2; exit 2; }
	PATH="$$PATH:$(abspath $(BIN))" $(BIN)/python -m tests.bench.objects
	PATH="$$PATH:$(abspath $(BIN))" $(BIN)/python -m tests.bench.running
	PATH="$$PATH:$(abspath $(BIN))" $(BIN)/python -m tests.bench.log_objects
	$(BIN)/python -m tests.bench.run --plugin $(BIN)/kubectl-argo_pods
	$(BIN)/python -m tests.bench.logs --plugin $(BIN)/kubectl-argo_pods

generate: $(VENV)/.installed  ## write anew what is made of the commands' declarations
	$(BIN)/python -m kubectl_argo_pods.generate --write
	$(BIN)/python -m release.manual --write

recording: $(VENV)/.installed  ## record the picture of the README anew
	$(ON_PATH) $(BIN)/python -m tests.screencast

dist: $(VENV)/.installed-dist  ## make what is released: sdist, wheel, archives for krew; PYTHONS=standalone as releases do
	$(BIN)/python -m release --pythons $(PYTHONS)

test-dist: dist  ## make what is released, and test it: it installs, and runs without Python
	DIST="$(abspath dist)" $(ON_PATH) $(BIN)/pytest -q tests/dist

# Left out are asyncio's client of the kubernetes package, and what makes help colourful: the plugin uses neither.
lock: $(VENV)/.installed-dist  ## pin the packages of the archives anew
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.14 --generate-hashes --upgrade \
		--no-annotate --custom-compile-command 'make lock' --extra zstd --extra brotli \
		$(addprefix --no-emit-package ,aiohttp aiohappyeyeballs aiohttp-retry aiosignal attrs frozenlist multidict \
		propcache yarl rich pygments markdown-it-py mdurl) --output-file release/requirements.txt setup.cfg >/dev/null

clean:  ## remove what the targets made
	rm -rf $(VENV) .venv-* build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# editable_mode=compat is a plain line in a .pth file; the default installs an import hook that every start pays for.
$(VENV)/.installed: setup.cfg pyproject.toml | $(BIN)/python
	@echo "installing into $(VENV)"
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --config-settings editable_mode=compat --editable '.[dev]'
	@touch $@

$(VENV)/.installed-dist: setup.cfg | $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --config-settings editable_mode=compat --editable '.[dist]'
	@touch $@

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "make: no Python >= 3.11 on PATH; install one or name it: make PYTHON=/path/to/python3" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "make: $(PYTHON) has no venv module; on Debian and Ubuntu: apt-get install $(PYTHON)-venv" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
