#!/bin/sh
# Checks an OpenAPI document by the recommended rules of Redocly and of Spectral. A warning fails, too.
#
#     tools/openapi-lint/run.sh openapi.json
set -eu

document=$(realpath "${1:?which document?}")
here=$(cd "$(dirname "$0")" && pwd)
PATH=$("$here/../node.sh"):$PATH
export PATH REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true SCARF_ANALYTICS=false

# The packages lie in .cache; they are fetched when the lockfile is another than they were fetched by.
packages=$here/../../.cache/openapi-lint
if ! cmp -s "$here/package-lock.json" "$packages/.fetched"; then
    mkdir -p "$packages"
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$packages/"
    (cd "$packages" && npm ci --ignore-scripts --silent)
    cp "$here/package-lock.json" "$packages/.fetched"
fi
cd "$packages"
# Redocly's exit status tells of errors alone, so its findings are counted.
node_modules/.bin/redocly lint --config "$here/redocly.yaml" --format json "$document" >redocly.json 2>redocly.log || true
failed=0
python3 - redocly.json <<'PYTHON' || failed=1
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    problems = json.load(file)["problems"]
for problem in problems:
    print(f"{problem['severity']} {problem['ruleId']}: {problem['message']} ({problem['location'][0].get('pointer')})")
print(f"Redocly: {len(problems)} problems")
sys.exit(bool(problems))
PYTHON
node_modules/.bin/spectral lint --ruleset "$here/.spectral.yaml" --fail-severity hint "$document" || failed=1
exit "$failed"
