#!/bin/sh
# deadcode.sh: fails when a function is there that no program calls. What is there for the tests
# alone is named here.
set -eu
for_tests='migrate\.go.*Fingerprint|private\.go.*Cluster\.(Dir|Alone|alone|StopIfAlone)|signup\.go.*Unbatched|WithoutLock'
found=$(go tool -modfile=.tools/go.mod deadcode ./cmd/...)
found=$(echo "$found" | grep -vE "$for_tests" || true)
[ -z "$found" ] || { echo "code that nothing calls:"; echo "$found"; exit 1; }
