#!/bin/sh
# vulncheck.sh: govulncheck, where its database can be reached. A closed network is the one
# failure that passes, with a word; every other one, findings before all, fails.
set -u
govulncheck="go tool -modfile=.tools/go.mod govulncheck"
$govulncheck -version >/dev/null 2>&1 # builds it, so that its output below is its own alone
out=$($govulncheck ./... 2>&1)
code=$?
if [ $code -ne 0 ] && [ "$(printf '%s\n' "$out" | grep -c .)" = 1 ] &&
	printf '%s\n' "$out" | grep -Eq '^govulncheck: fetching vulnerabilities: .*(no such host|network is unreachable|connection refused|i/o timeout|server misbehaving)'; then
	echo "govulncheck: not checked, its database cannot be reached from here"
	exit 0
fi
printf '%s\n' "$out"
exit $code
