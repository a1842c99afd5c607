# Bare `make` prints this help. Every target works on a fresh Debian 12 with Go.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
GO ?= go
TEMPL := $(GO) tool templ
STATICCHECK := $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.6.1
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: help
help: ## print this help
	@awk 'BEGIN{FS=":.*## "} /^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## run the whole thing with an invented company, 40 shops and their registers
	@$(GO) build -o bin/tillwright ./cmd/tillwright
	@./bin/tillwright demo $(DEMO)

.PHONY: build
build: ## build all programs into bin/
	$(GO) build -trimpath -ldflags "$(LDFLAGS)" -o bin/ ./cmd/...

.PHONY: agents
agents: ## build the agent for every system a shop's PC may have, into bin/agents/
	@for t in windows/386 windows/amd64 linux/amd64 linux/arm64 linux/arm; do \
	  os=$${t%/*}; arch=$${t#*/}; ext=; [ $$os = windows ] && ext=.exe || true; \
	  CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o bin/agents/tillwright-agent-$$os-$$arch$$ext ./cmd/tillwright-agent; \
	done; ls -l bin/agents

.PHONY: generate
generate: ## make the generated files again
	$(TEMPL) generate -path internal/web
	$(TEMPL) generate -path internal/agent/shop
	$(GO) run ./internal/api/openapi > docs/openapi.json

# Packages under test at a time: many wait for programs, databases and a browser
# rather than for a processor.
AT_ONCE := $(shell expr $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1)

.PHONY: test
test: deps ## run every test on SQLite, PostgreSQL and Chromium, installing them if need be
	scripts/testpg start >/dev/null
	$(GO) test -timeout 10m -p $(AT_ONCE) ./...

.PHONY: deps
deps: ## install what the tests need from the system's packages (PostgreSQL, Chromium, Tesseract)
	scripts/deps

.PHONY: lint
lint: ## formatting, vet, staticcheck, generated files up to date
	scripts/lint

.PHONY: check
check: lint test ## everything that must hold before a change is handed in

.PHONY: bench-ingest
bench-ingest: ## reports made durable, judged and answered: server and load on this machine
	$(GO) run ./internal/bench/ingest $(BENCH)

.PHONY: bench-agent
bench-agent: ## what one agent costs the shop's computer: 50 emulated registers, each read every 10 s
	$(GO) run ./internal/bench/agent $(BENCH)

.PHONY: bench
bench: ## the benchmarks inside the packages
	$(GO) test -run '^$$' -bench . -benchmem ./internal/...

.PHONY: fuzz
fuzz: ## run every fuzz test for FUZZ (default 20s) each
	scripts/fuzz $${FUZZ:-20s}

.PHONY: assets
assets: ## fetch fonts and htmx from npm again, by the lock file
	scripts/vendor-assets.sh

.PHONY: clean
clean: ## remove what was built and stop the test database
	rm -rf bin out
	scripts/testpg stop
