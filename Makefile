# Everything a contributor runs. `make help` lists it.

GO      ?= go
BIN     := bin/tocsin
CONFIG  ?= examples/quickstart
DATA    ?= data
FUZZ    ?= 10000x
# The race detector needs cgo; the product is built without.
RACE    := CGO_ENABLED=1 $(GO) test -race -shuffle=on

.PHONY: help build run check test race fuzz golden examples bench cover hooks clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

build: ## build bin/tocsin
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $(BIN) ./cmd/tocsin

run: build ## serve the quickstart: a channel on this terminal, data in ./data
	$(BIN) serve --config $(CONFIG) --data $(DATA)

test: ## run every test, with the race detector and in random order
	$(RACE) ./... -timeout 20m

race: test ## the same

check: ## gofmt, vet, staticcheck and the import rules
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'gofmt -w these files'; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) test -count=1 -run TestImports .

# So many inputs and not so long: on a busy machine go takes the end of the time for a failure.
fuzz: ## run each fuzzer with FUZZ inputs (10000x)
	@set -e; for pkg in $$($(GO) list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "$$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZ) -fuzzminimizetime 100x $$pkg; \
		done; \
	done

golden: ## rewrite the golden files; review the difference
	$(GO) test $$(grep -rl 'flag.Bool("update"' --include='*_test.go' . | xargs -n1 dirname | sort -u) -update
	$(GO) run ./docs/manpage

examples: build ## check every example configuration
	@set -e; for dir in $$(dirname examples/*/*.hcl | sort -u); do \
		echo "$$dir"; $(BIN) check --no-secrets $$dir; $(BIN) test $$dir; \
	done

bench: ## run the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

cover: ## test coverage by package
	$(GO) test -coverprofile=cover.out ./... && $(GO) tool cover -func=cover.out | tail -1

hooks: ## run `make check` before every commit
	printf '#!/bin/sh\nexec make check\n' > .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit

clean: ## remove what was built
	rm -rf bin cover.out
