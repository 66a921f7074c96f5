# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

PAGES := README.md snapshot_format.md $(shell find docs -name "*.md")

.PHONY: help demo demo-servers demo-stop test test-fast faults versions lint format docs docs-real dist lock bench clean

help:  ## Show this.
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

$(READY): requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	touch $@

demo: $(READY)  ## Move a small Argilla 1.29.1 server to a 2.8.0 one, on this machine, and verify.
	$(BIN)/python -m servers.demo start

demo-servers: $(READY)  ## Bring the demo's servers up and fill the old one, to move it yourself.
	$(BIN)/python -m servers.demo servers

demo-stop: $(READY)  ## End the demo's servers and remove what it made.
	$(BIN)/python -m servers.demo stop

test: $(READY)  ## Run all tests but the long ones of `make faults` and `make versions`; brings the real servers up.
	$(BIN)/python -m pytest -m "not faults and not versions" -n 2 --dist loadfile

faults: $(READY)  ## Run all of the fault tests (long), and print and keep what was survived.
	$(BIN)/python -m tests.faults

versions: $(READY)  ## Move what each version holds into 2.8.0, and two snapshots into each target; prints and keeps the table (about an hour). Then runs the tests that need further versions.
	$(BIN)/python -m tests.versions; status=$$?; $(MAKE) docs && $(BIN)/python -m pytest -m versions && exit $$status

test-fast: $(READY)  ## Run the tests that need no server.
	$(BIN)/python -m pytest -m "not servers and not faults" -n auto --dist loadfile

lint: $(READY)  ## Check style, types, import rules, generated pages, the links of all pages, and that no merge was left half done.
	! git grep -nE "^(<<<<<<<|>>>>>>>) "
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/cog --check $(PAGES)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

format: $(READY)  ## Format the code.
	$(BIN)/ruff check -q --fix .
	$(BIN)/ruff format -q .

docs: $(READY)  ## Write the generated parts of the pages anew; `mkdocs serve` shows them.
	$(BIN)/python -m argilla_snapshot.format.json_schema
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/cog -r $(PAGES)
	$(BIN)/python -m tests.docs.picture

docs-real: $(READY)  ## Type all that the pages show on real servers, and keep what came and the picture (five minutes).
	$(BIN)/python -m tests.docs
	$(MAKE) docs

dist: $(READY)  ## Build wheel and sdist, check them, and install them alone on each Python that is there and with the oldest packages.
	$(BIN)/python -m tests.wheel

lock: $(READY)  ## Lock the dependencies anew.
	$(BIN)/uv pip compile -q --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml requirements-build.in -o requirements-dev.txt

bench: $(READY)  ## Measure speed and memory beside the official guide's way and the limits, on real servers (hours).
	$(BIN)/python -m benchmarks
	$(MAKE) docs

clean:  ## Remove the environment; the downloaded servers stay in the cache.
	rm -rf $(VENV)
