#!/bin/sh
# Has other people's libraries verify what we sign: standardwebhooks and svix of PyPI, standardwebhooks of npm.
#
#     tools/webhook-clients/run.sh [PROGRAM]
#
# PROGRAM is the example `signed_bodies` of crates/webhooks; it is built if it is not given.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$root/.cache/webhook-clients
export PYTHONDONTWRITEBYTECODE=1
mkdir -p "$cache"
if ! cat "$here/requirements.txt" "$here/package.json" | cmp -s - "$cache/fetched"; then
    rm -rf "$cache/venv" "$cache/node_modules"
    python3 -m venv "$cache/venv"
    "$cache/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/package.json" "$cache/package.json"
    (cd "$cache" && npm install --silent --no-audit --no-fund)
    cat "$here/requirements.txt" "$here/package.json" >"$cache/fetched"
fi
program=${1:-}
if [ -z "$program" ]; then
    (cd "$root" && cargo build --quiet -p webhooks --example signed_bodies)
    program=${CARGO_TARGET_DIR:-$root/target}/debug/examples/signed_bodies
fi
"$program" >"$cache/samples.json"
"$cache/venv/bin/python" "$here/verify.py" "$cache/samples.json"
# Modules are looked for beside the script.
cp "$here/verify.mjs" "$cache/verify.mjs"
node "$cache/verify.mjs" "$cache/samples.json"
