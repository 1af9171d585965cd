#!/bin/sh
# need.sh NAME...: sees that a program which is no Go module is there. On Debian, Ubuntu and the
# like it installs what is missing, if it may (root, or sudo without a password); elsewhere it
# says in one line what to install.
set -eu

any() { # any FILE...: one of them exists (patterns that match nothing stay as they are)
	for f in "$@"; do [ -e "$f" ] && return 0; done
	return 1
}

have() {
	case $1 in
	postgresql) # the server's programs, where internal/postgres/private looks for them; or a server
		[ -n "${PG_BIN:-}${DATABASE_URL:-}${TEST_DATABASE_URL:-}" ] || command -v initdb >/dev/null ||
			any /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb /usr/libexec/postgresql*/initdb \
				/opt/homebrew/opt/postgresql*/bin/initdb /usr/local/opt/postgresql*/bin/initdb \
				/home/linuxbrew/.linuxbrew/opt/postgresql*/bin/initdb \
				/Applications/Postgres.app/Contents/Versions/*/bin/initdb ;;
	chromium) # of Debian's two the headless shell, which draws the same pages with a third of the work
		command -v chromium-headless-shell >/dev/null || any "/Applications/Google Chrome.app" "/Applications/Chromium.app" ||
			{ ! apt-cache show chromium-headless-shell >/dev/null 2>&1 &&
				{ command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }; } ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

for name in "$@"; do
	have "$name" && continue
	case $name in
	chromium) packages="chromium-headless-shell fonts-dejavu-core" ;;
	*) packages=$name ;;
	esac
	if command -v apt-get >/dev/null && as_root true 2>/dev/null; then
		echo "Installing $packages ..." >&2
		log=$(mktemp)
		install() {
			as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 \
				install -y --no-install-recommends $packages </dev/null >"$log" 2>&1
		}
		# An old package list may name versions that are no more: then fetch it and try again.
		install || { as_root apt-get -qq update </dev/null >>"$log" 2>&1 && install; } || { cat "$log" >&2; exit 1; }
		rm -f "$log"
	fi
	have "$name" || { echo "$name is missing: install it with your system's package manager (apt-get install $packages; brew install $name) and try again." >&2; exit 1; }
done
