#!/bin/sh
# Generates a Python and a TypeScript client from openapi.json, and lets both walk a brand's journey against a running demo; see README.md.
#
#     tools/clients/run.sh http://127.0.0.1:8000
set -eu

base=${1:?where does the demo run?}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$root/.cache/clients
PATH=$("$here/../node.sh"):$PATH
export PATH SCARF_ANALYTICS=false PYTHONDONTWRITEBYTECODE=1
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
rm -rf "$cache/python"
mkdir -p "$cache/python"
"$cache/venv/bin/openapi-python-client" generate --config "$here/python.yaml" --path "$root/openapi.json" --meta none \
    --output-path "$cache/python/client" >"$cache/python.log" 2>&1 || { cat "$cache/python.log"; exit 1; }
# What the generator leaves out is an operation or an answer that a client of it does not have.
if grep -E -A 3 "^(WARNING|ERROR)" "$cache/python.log"; then
    exit 1
fi
# Where a body of several media types may be left out the generator forgets to import what it names.
find "$cache/python/client/api" -name '*.py' -exec sed -i 's/^from \.\.\.types import Response, UNSET$/from ...types import Response, UNSET, Unset/' {} +
"$cache/venv/bin/python" "$here/walk.py" "$cache/python" "$base"
echo "--- the snippets of docs/api.md: curl, Python"
python3 "$here/snippets.py" sh "$base"
"$cache/venv/bin/python" "$here/snippets.py" python "$base" "$cache/python"

echo "--- TypeScript"
cd "$cache/typescript"
cp "$here/walk.ts" "$here/tsconfig.json" .
# By itself the generator takes a field with a default for one that must be sent.
node_modules/.bin/openapi-typescript "$root/openapi.json" --default-non-nullable=false --output api.d.ts >typescript.log 2>&1 || { cat typescript.log; exit 1; }
python3 "$here/snippets.py" ts "$base" >snippets.ts
node_modules/.bin/tsc --project .
node built/walk.js "$base"
echo "--- the snippets of docs/api.md: TypeScript"
node built/snippets.js "$base"
