# The front door. Each target builds what it needs once; a second call does no set-up work.
# Needs Python 3.11 or newer with venv, and make. `make test-web` needs node and npm too.

PYTHON ?= python3
BIN := .venv/bin
PIP_FLAGS := --quiet --disable-pip-version-check --require-hashes --only-binary :all:
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header $(LOCK_FLAGS)
VENDORS := adyen anthropic github gitlab openai sendgrid shopify slack stripe twilio woocommerce
SOAK_CALLS ?= 20000
FUZZ_INPUTS ?= 100000
DRAWN_DOCUMENTS ?= 2000
KILLS ?= 500
CANARY_ROUNDS ?= 20
WEB := tests/web/node_modules/.installed
DIRECTORY := tests/documents/node_modules/.installed

.DEFAULT_GOAL := help
.PHONY: help demo run test test-web cache-tests schemathesis documents documents-drawn check lock bench soak fuzz kills chaos chaos-mutants pact-mutants canary machine monitoring alerts accept orders-live new-vendors docs pictures clean setup

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | sort | while IFS='|' read -r target text; do printf '%-18s %s\n' "$$target" "$$text"; done

demo: .venv/.installed ## play an outage and show the verdict
	$(BIN)/tidegate demo

run: .venv/.installed ## leave a simulator and a proxy running
	$(BIN)/tidegate up

bench: .venv/.installed ## measure processor time per call
	$(BIN)/tidegate bench

soak: .venv/.installed ## 20,000 calls of each vendor's ordinary traffic, straight and at once; SOAK_CALLS=N for fewer
	@for vendor in $(VENDORS); do $(BIN)/tidegate load soak $$vendor --calls $(SOAK_CALLS) || exit 1; done

fuzz: .venv/.installed ## 100,000 odd inputs for the gateway and the vendor's side; FUZZ_INPUTS=N for fewer
	$(BIN)/python -m tests.fuzz.run --inputs $(FUZZ_INPUTS)
	$(BIN)/python -m tests.fuzz.documents
	TIDEGATE_EVERY_METHOD=1 $(BIN)/pytest -n 2 tests/acceptance/test_framing.py

chaos: .venv/.installed ## search 1,000 drawn scenarios for a broken promise
	$(BIN)/tidegate chaos search --seeds 1000 --minutes 10
	TIDEGATE_VENDOR_SEEDS=50 $(BIN)/pytest tests/chaos/search/test_vendor_search.py
	TIDEGATE_WHOLE_MINUTE=1 $(BIN)/pytest tests/proxy/test_limits_kept.py tests/proxy/test_pools.py

monitoring: .venv/.installed ## write the alert rules and dashboards of docker-compose.yml anew
	$(BIN)/tidegate alerts stripe -o deploy/prometheus/rules.yml
	$(BIN)/tidegate dashboards stripe -o deploy/grafana/dashboards

alerts: .venv/.installed ## play the cause of every alert, and hours more, until each of them ends
	TIDEGATE_LONG_ALERTS=1 $(BIN)/pytest --timeout=0 tests/alerts

chaos-mutants: .venv/.installed ## plant known bugs; the search must find each
	$(BIN)/python -m tests.chaos.hunt

pact-mutants: .venv/.installed ## change each field of what vendors answer; each pact must notice what its adapter notices
	$(BIN)/python -m tests.contracts.mutation.run

canary: .venv/.installed ## look for planted secrets in all that is printed, logged or stored; CANARY_ROUNDS=N for less
	$(BIN)/python -m tests.acceptance.canary.run --rounds $(CANARY_ROUNDS)
	$(BIN)/tidegate chaos search --seeds 20 --minutes 10

machine: .venv/.installed ## compare outbox and inbox with a model for 10,000 steps on each store
	TIDEGATE_MACHINE_STEPS=10000 $(BIN)/pytest --timeout=0 tests/proxy/store/test_deliveries_machine.py

accept: .venv/.installed ## measure deliveries accepted a second beside bare inserts
	$(BIN)/python -m tests.proxy.store.durable_accept

orders-live: .venv/.installed ## play the order flow on real sockets for 20 minutes, with the warehouse away for five of them
	$(BIN)/tidegate load orders --times 1 --minutes 20

kills: .venv/.installed ## kill proxies and databases at named points, 500 times; KILLS=N for fewer
	$(BIN)/python -m tests.acceptance.kills.run --rounds $(KILLS)

new-vendors: .venv/.installed ## make a vendor of each real document, and run the tests that were made
	TIDEGATE_NEW_LONG=1 $(BIN)/pytest --timeout=0 -p no:randomly tests/tidegate/scaffold/test_new_vendor.py

docs: .venv/.installed .venv-docs/.installed ## build the documentation site into var/docs/site; what is broken in it fails
	$(BIN)/python -m tests.site.run

pictures: .venv/.installed ## draw the pictures of the documentation anew
	$(BIN)/python -m tests.site.pictures

test: .venv/.installed .venv-docs/.installed .venv-wire/.installed .venv-schemathesis/.installed ## every test that needs no browser and no npm
	$(BIN)/pytest -n 2 --dist worksteal -m "not web"

test-web: .venv/.installed .venv-docs/.installed $(WEB) ## the tests that need npm or a browser; none found is a failure
	$(BIN)/pytest -m web

cache-tests: .venv/.installed $(WEB) ## run the public HTTP cache tests through the proxy and print the score
	$(BIN)/python -m tests.web.cache_tests

schemathesis: .venv/.installed .venv-schemathesis/.installed ## draw requests from every document and judge the simulator's answers
	$(BIN)/python -m tests.acceptance.schemathesis_run
	TIDEGATE_EVERY_OPERATION=1 $(BIN)/pytest tests/acceptance/test_every_operation.py

documents: .venv/.installed $(DIRECTORY) ## serve the public directory of documents from npm and judge the answers by another validator
	$(BIN)/python -m tests.documents.run

documents-drawn: .venv/.installed ## draw 2,000 documents and hold the simulator to each; DRAWN_DOCUMENTS=N for fewer
	TIDEGATE_DRAWN_DOCUMENTS=$(DRAWN_DOCUMENTS) $(BIN)/pytest --timeout=0 tests/documents/test_laws.py

check: .venv/.installed ## format, lint, types, import arrows, dependencies, tidiness
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/pytest tests/test_tidy.py

lock: .venv/.installed ## write the lock files anew; LOCK_FLAGS=--upgrade takes newer versions
	$(COMPILE) requirements/build.in -o requirements/build.txt
	$(COMPILE) pyproject.toml --extra postgres -o requirements/runtime.txt
	$(COMPILE) pyproject.toml --extra dashboards --extra harness --extra postgres --extra scan --group dev -o requirements/dev.txt
	$(COMPILE) requirements/wire.in -o requirements/wire.txt
	$(COMPILE) requirements/schemathesis.in -o requirements/schemathesis.txt
	$(COMPILE) requirements/docs.in -o requirements/docs.txt

clean: ## remove what the other targets made
	rm -rf .venv .venv-docs .venv-wire .venv-schemathesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis tests/web/node_modules tests/documents/node_modules var
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup: .venv/.installed .venv-docs/.installed .venv-wire/.installed .venv-schemathesis/.installed ## build the environments and do nothing else

.venv/.locked: requirements/dev.txt
	@echo "building .venv (once, about a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install $(PIP_FLAGS) -r requirements/dev.txt
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

# pyperclip, pure Python, has no wheel of the version that mitmproxy wants.
.venv-wire/.installed: requirements/wire.txt
	@echo "building .venv-wire (once): mitmproxy pins old versions of shared libraries, so it lives apart"
	@test -x .venv-wire/bin/python || $(PYTHON) -m venv .venv-wire
	@.venv-wire/bin/python -m pip install $(PIP_FLAGS) --no-binary pyperclip --use-pep517 -r requirements/wire.txt
	@touch $@

.venv-schemathesis/.installed: requirements/schemathesis.txt
	@echo "building .venv-schemathesis (once): only one target needs it, and it pins libraries that we share"
	@test -x .venv-schemathesis/bin/python || $(PYTHON) -m venv .venv-schemathesis
	@.venv-schemathesis/bin/python -m pip install $(PIP_FLAGS) -r requirements/schemathesis.txt
	@touch $@

.venv-docs/.installed: requirements/docs.txt
	@echo "building .venv-docs (once): the builder of the documentation site shares nothing with Tidegate"
	@test -x .venv-docs/bin/python || $(PYTHON) -m venv .venv-docs
	@.venv-docs/bin/python -m pip install $(PIP_FLAGS) -r requirements/docs.txt
	@touch $@

$(WEB): tests/web/package-lock.json
	@command -v npm >/dev/null || { echo "make test-web needs node and npm" >&2; exit 2; }
	cd tests/web && npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

$(DIRECTORY): tests/documents/package-lock.json
	@command -v npm >/dev/null || { echo "make documents needs node and npm" >&2; exit 2; }
	cd tests/documents && npm ci --no-audit --no-fund --ignore-scripts
	@touch $@
