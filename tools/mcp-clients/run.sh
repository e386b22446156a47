#!/bin/sh
# Lets the official clients of the Model Context Protocol use a running demo; see README.md.
#
#     tools/mcp-clients/run.sh http://127.0.0.1:8000
set -eu

base=${1:?where does the demo run?}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$root/.cache/mcp-clients
PATH=$("$here/../node.sh"):$PATH
export PATH PYTHONDONTWRITEBYTECODE=1
mkdir -p "$cache"

if ! cmp -s "$here/requirements.txt" "$cache/python.fetched"; then
    rm -rf "$cache/venv"
    python3 -m venv "$cache/venv"
    "$cache/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$cache/python.fetched"
fi
if ! cmp -s "$here/package-lock.json" "$cache/typescript/fetched"; then
    mkdir -p "$cache/typescript"
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$cache/typescript/"
    (cd "$cache/typescript" && npm ci --ignore-scripts --silent)
    cp "$here/package-lock.json" "$cache/typescript/fetched"
fi

echo "--- Python"
"$cache/venv/bin/python" "$here/walk.py" "$base"
echo "--- TypeScript"
cp "$here/walk.mjs" "$cache/typescript/"
node "$cache/typescript/walk.mjs" "$base"
