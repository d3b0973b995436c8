# The service hall: everything one does with this folder. `make help` lists it.

SHELL := /bin/sh
.DEFAULT_GOAL := help
BIN := .venv/bin
PIP_COMPILE := $(BIN)/python -m piptools compile --quiet --allow-unsafe --generate-hashes --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

##@ Use it

.PHONY: run
run: ## Serve the hall on http://127.0.0.1:8000 (PORT, HALL_DATA, DEMO=0 for a hall of one's own)
	@sh .ci/environment run
	@umask 077; DEMO="$${DEMO:-1}" $(BIN)/python -m hall.serving

.PHONY: run-scaled
run-scaled: ## Several processes on PostgreSQL and Redis behind nginx, all from Debian's packages (PROCESSES=2, PORT, DEMO=0)
	@sh .ci/environment run
	@exec $(BIN)/python -m hall.scaled --processes "$${PROCESSES:-2}" --port "$${PORT:-0}" \
		$$([ "$${DEMO:-1}" = 0 ] || echo --demo) $(ARGS)

##@ Test it

.PHONY: test
test: setup ## Everything: unit, property, pages, API, race, browser; SQLite and PostgreSQL (ARGS="-k word")
	@sh .ci/test-needs
	@$(BIN)/python -m pytest -n 2 $(ARGS)

.PHONY: test-fast
test-fast: setup ## Unit, property, pages and API on SQLite alone: under three minutes
	@$(BIN)/python -m pytest -n 2 --engine sqlite $(ARGS) tests/unit tests/property tests/pages tests/api

.PHONY: test-scaled
test-scaled: setup ## All that has a database, on PostgreSQL, in two processes with Redis (ARGS="tests/browser"; --collect-only)
	@sh .ci/test-needs
	@$(BIN)/python -m pytest -n 2 --scaled $(ARGS)

.PHONY: check
check: setup ## Style, types, templates, arrows, spelling, secrets, known holes; writes build/sbom.cdx.json
	@status=0; for look in "ruff check --quiet" "ruff format --check --quiet" "djlint --quiet --lint templates" \
		"lint-imports --no-logo" "codespell" "mypy"; do \
		$(BIN)/$$look || { status=1; echo "^ make check: $$look"; }; done; \
		for look in secrets_in audit sbom; do \
		$(BIN)/python .ci/$$look.py || { status=1; echo "^ make check: .ci/$$look.py"; }; done; exit $$status

.PHONY: bench
bench: setup ## Measure, print, and write docs/benchmarks.md (ARGS="forecast" for one of them)
	@sh .ci/test-needs
	@$(BIN)/python -m tests.bench $(ARGS)

.PHONY: bench-scaled
bench-scaled: setup ## The same for crowds and several processes (ARGS="fanout" for one of them)
	@sh .ci/test-needs
	@$(BIN)/python -m tests.bench.scaled $(ARGS)

.PHONY: pictures
pictures: setup ## Walk through a visit, a company's opening, help and a Monday in browsers, and keep pictures in docs/pictures
	@sh .ci/test-needs
	@mkdir -p docs/pictures
	@HALL_PICTURES=docs/pictures $(BIN)/python -m pytest -q --engine sqlite tests/browser/test_walk.py tests/browser/test_walk_company.py \
		tests/browser/test_walk_help.py tests/browser/test_walk_monday.py

##@ Keep it

.PHONY: setup
setup: ## The private environment .venv with everything that tests and checks need
	@sh .ci/environment dev

.PHONY: format
format: setup ## Put Python into shape: ruff format, and what ruff can mend
	@$(BIN)/ruff check --fix --quiet || :
	@$(BIN)/ruff format --quiet

.PHONY: messages
messages: setup ## Sentences: name those without a Chinese text, update the folders, compile them
	@$(BIN)/python .ci/messages.py --write

.PHONY: lock
lock: setup ## Work out requirements*.lock anew from requirements*.in (UPGRADE=1 takes newer releases)
	@$(PIP_COMPILE) $(if $(UPGRADE),--upgrade) --output-file=requirements.lock requirements.in
	@$(PIP_COMPILE) $(if $(UPGRADE),--upgrade) --output-file=requirements-dev.lock requirements-dev.in
	@! grep -nE '://|^--' requirements.lock requirements-dev.lock || { echo "A lock file names an address: see above."; exit 1; }

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } /^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
