# The only door: every way of building, running and checking Bowline is one of these targets, here and in CI.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

CARGO_DENY := 0.20.2

.PHONY: help up ui ui-test screenshots test check bench fuzz peers

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## run Bowline with a cluster and a sample repository of its own; KUBECONFIG=FILE make up uses that cluster
	@deploy/up

# What the web UI is made of; what is not there any more makes nothing.
UI := $(wildcard $(shell git ls-files -co --exclude-standard ui 2>/dev/null))

ui: ui/dist/index.html ## build the web UI into ui/dist, from where it becomes part of the program; needs Node 20 or newer

ui/dist/index.html: $(UI)
	cd ui && npm ci --no-audit --no-fund && npm run build

# Without Node the program builds and is tested all the same, and says what was left out; in CI there is Node.
ui-test:
	@if ! command -v npm >/dev/null; then \
	  if [[ $${CI-} ]]; then echo "make test: npm is not on PATH, and CI tests the web UI" >&2; exit 1; fi; \
	  echo "left out: the tests of the web UI, which need Node"; \
	else $(MAKE) --no-print-directory ui && cd ui && npm test && CHROMIUM=$$(test/chromium) && CHROMIUM=$$CHROMIUM npm run -s test:browser; fi

screenshots: ui ## take pictures of the web UI's screens, at three widths in both themes, into screenshots/
	cd ui && CHROMIUM=$$(test/chromium) && CHROMIUM=$$CHROMIUM npm run -s screenshots

test: peers ui-test ## run every test, on the real tools
	cargo test --locked --workspace --no-fail-fast

check: ## what a change must pass before it is read: format, lints, licences and bans, tidy
	cargo fmt --all -- --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	@installed=$$(cargo deny --version 2>/dev/null || true); if [[ $$installed != "cargo-deny $(CARGO_DENY)" ]]; then \
	  echo "installing cargo-deny $(CARGO_DENY): about three minutes, once"; \
	  cargo install --quiet --locked --root "$${CARGO_HOME:-$$HOME/.cargo}" cargo-deny@$(CARGO_DENY); fi
	cargo deny --locked check --hide-inclusion-graph bans licenses sources
	cargo test --locked --quiet -p bowline-tests-tidy

bench: peers ## measure, one JSON line for each figure
	cargo bench --locked --workspace --bench '*'
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory ui && cd ui && CHROMIUM=$$(test/chromium) && CHROMIUM=$$CHROMIUM npm run -s bench; \
	else echo "left out: the bench of the web UI, which needs Node"; fi

fuzz: ## give each input of strangers ten minutes of a fuzzer; EACH=60 make fuzz gives them one
	@tests/fuzz/run $${EACH:-600}

peers: ## build the real tools that tests compare with and run against, where they are missing
	@tests/peers/build
