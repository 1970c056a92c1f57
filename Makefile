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

.PHONY: install
install: node_modules/.installed ## Install what the project needs

.PHONY: demo
demo: install ## Start a lab, scale its consumers under load, show who owns what, and judge the run
	@node lab/main.ts demo

.PHONY: up
up: install ## Start a lab on this machine and run it until Ctrl-C
	@node lab/main.ts up

.PHONY: status
status: install ## Show the replicas of the running lab and how the group shares the partitions
	@node lab/main.ts status

.PHONY: down
down: install ## End the lab that runs
	@node lab/main.ts down

.PHONY: synth
synth: install ## Write the Kubernetes manifests of the same lab to dist/
	@node cdk8s/main.ts

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

.PHONY: types
types: install
	@tsc --noEmit

.PHONY: test-unit
test-unit: install ## Run the unit tests
	@$(JEST) --selectProjects unit

.PHONY: test-integration
test-integration: install ## Run the tests on a real ZooKeeper ensemble and real brokers
	@$(JEST) --selectProjects integration --runInBand

.PHONY: clean
clean: ## Remove what was built and the local lab's data and jars
	rm -rf dist .lab node_modules
