# `make help` lists the targets; each gets what it needs by itself. Options go into ARGS: make run ARGS="--demo"

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run dev build test lint format end2end pictures fire bench clean

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: ## Build the release and start the server (make run ARGS="--demo" for a simulated market)
	@scripts/setup run
	@scripts/run $(ARGS)

dev: ## Start the debug build, rebuilt and reloaded at every change
	@scripts/setup run
	@scripts/dev $(ARGS)

build: ## Build server and page for debugging, as the browser tests use them
	@scripts/setup run
	@scripts/test build

test: ## Everything that must pass: formatting, lints, tests, browser tests
	@scripts/setup test
	@scripts/test formatting lints rust build browser

lint: ## Formatting and lints of both builds
	@scripts/setup lint
	@scripts/test formatting lints

format: ## Format the code
	@scripts/setup lint
	@scripts/test format

end2end: ## Browser tests only
	@scripts/setup test
	@scripts/test build browser

pictures: ## Take the pictures anew that the README shows and the browser tests compare
	@scripts/setup test
	@scripts/test build pictures

fire: ## The promise under fire at full length: fifty kills, an hour of faults (make test has the short form)
	@scripts/setup lint
	@scripts/test fire

bench: ## Benchmarks of the parts and of the page
	@scripts/setup test
	@scripts/bench $(ARGS)

clean: ## Remove what was built; the tools in the cache stay
	rm -rf target node_modules public/fonts
