#!/bin/sh
# The web widget in a real browser, on a page of another origin; see README.md.
#
#     tools/widget-tests/run.sh                              against the stand-in
#     tools/widget-tests/run.sh http://127.0.0.1:8000        also a walk through a running demo
set -eu

here=$(cd "$(dirname "$0")" && pwd)
PATH=$("$here/../node.sh"):$PATH
export PATH PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
export WIDGET_SERVER="${1:-}"

# The browser is the system's.
if [ -z "${CHROMIUM:-}" ]; then
    CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
        echo "No Chromium here: install one (apt-get install chromium), or name it in CHROMIUM." >&2
        exit 1
    }
fi
export CHROMIUM

packages=$here/../../.cache/widget-tests
if ! cmp -s "$here/package-lock.json" "$packages/.fetched"; then
    mkdir -p "$packages"
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$packages/"
    (cd "$packages" && npm ci --ignore-scripts --silent)
    cp "$here/package-lock.json" "$packages/.fetched"
fi
export WIDGET_PACKAGES="$packages/"
if [ -n "$WIDGET_SERVER" ]; then
    exec node --test --test-timeout=1200000 --test-concurrency=1 "$here/widget.test.mjs" "$here/server.test.mjs"
fi
exec node --test --test-timeout=1200000 "$here/widget.test.mjs"
