# What a developer does here. `make` alone lists it.

tools := go tool -modfile=.tools/go.mod
version = $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
axe   := .tools/node_modules/.package-lock.json

.PHONY: help run dev build seed generate test race gallery bench check format schema postgresql browser clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: postgresql ## the portal with a city's worth of made-up data, on http://localhost:8080
	@go build -o .build/shtab-demo ./cmd/shtab-demo
	@exec .build/shtab-demo

dev: postgresql ## the same, rebuilt and reloaded at each change, on http://localhost:7331
	go tool templ generate --include-version=false --watch --proxy=http://127.0.0.1:8080 --open-browser=false --cmd="go run ./cmd/shtab-demo"

build: ## the program that a city runs, as .build/shtab
	@CGO_ENABLED=0 go build -trimpath -ldflags='-s -w -X main.version=$(version)' -o .build/shtab ./cmd/shtab

seed: ## made-up data into DATABASE_URL, for shtab-demo
	@go run ./cmd/shtab-demo seed

schema: postgresql ## migrations/schema.sql from the migrations
	go test ./internal/postgres/migrate -run TestSchema -update

generate: ## Go code from the templates
	go tool templ generate -include-version=false

test: postgresql browser ## all tests, in a real PostgreSQL and a real browser
	go test -vet=off -ldflags='-s -w' -timeout 15m ./...

race: postgresql browser ## the same under the race detector, several times slower
	go test -race -timeout 20m ./...

gallery: postgresql browser ## pictures of every page, in .data/gallery; PAGES=home,me for some
	SHOTS=$(CURDIR)/.data/gallery SHOTS_OF=$(PAGES) go test -count=1 -timeout 60m -run 'TestGallery|TestRosterPages' ./web/e2e

bench: postgresql ## the benchmarks
	go test -p 1 -timeout 30m -run '^$$' -bench . -benchmem ./...

check: ## format, generated code, vet, staticcheck, dead code, known vulnerabilities
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' ':!*_templ.go' | while read -r f; do test -f "$$f" && echo "$$f"; done | xargs $(tools) gofumpt -l) && \
		{ test -z "$$unformatted" || { echo "not formatted (make format):"; echo "$$unformatted"; exit 1; }; }
	@go tool templ generate -include-version=false -log-level=error
	@git diff --stat --exit-code -- '*_templ.go' || { echo "generated code is stale: make generate, then git add"; exit 1; }
	@new=$$(git ls-files -o '*_templ.go'); test -z "$$new" || { echo "generated code is not in git:"; echo "$$new"; exit 1; }
	go vet ./...
	$(tools) staticcheck ./...
	@.tools/deadcode.sh
	@.tools/vulncheck.sh

format: ## gofumpt and templ fmt
	@git ls-files -co --exclude-standard '*.go' ':!*_templ.go' | while read -r f; do test -f "$$f" && echo "$$f"; done | xargs $(tools) gofumpt -w
	@go tool templ fmt .

clean: ## removes what was built, and the private cluster with its data
	rm -rf .build .data .tools/node_modules

# What the portal and the tests need from the system.

postgresql:
	@.tools/need.sh postgresql

browser: $(axe)
	@.tools/need.sh chromium

$(axe): .tools/package.json .tools/package-lock.json
	@.tools/need.sh npm
	npm ci --prefix .tools --silent
	@touch $@
