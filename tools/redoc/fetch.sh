#!/usr/bin/env bash
# Remakes crates/http/assets/redoc/redoc.standalone.js.gz from the npm package `redoc`, so that /redoc asks nobody else.
#
#     tools/redoc/fetch.sh
#
# Needs npm, python3, tar, gzip and sha256sum. The same version always gives the same bytes; both ends are checked.
set -euo pipefail

version=2.5.4
package_sha256=44922df4d0eb45c1b066c09ec251e6bd9bd7ded16bc69e87613337b9d911a56e
bundle_sha256=9fc59b633f8e9737225e72a974333552ec4df4058c97c4cb28d4d63f6c894035

assets=$(cd "$(dirname "$0")/../../crates/http/assets/redoc" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

(cd "$work" && npm pack --silent "redoc@$version" >/dev/null)
echo "$package_sha256  $work/redoc-$version.tgz" | sha256sum --check --quiet
tar -xzf "$work/redoc-$version.tgz" -C "$work"
bundle=$work/package/bundles/redoc.standalone.js

# The logo in the foot of the menu comes from a content network: it is never drawn. Source maps are not shipped.
logo='(0,n.useEffect)(()=>{t(!0)},[]),e?n.createElement("img",{alt:"redocly logo"'
no_logo='(0,n.useEffect)(()=>{},[]),e?n.createElement("img",{alt:"redocly logo"'
python3 - "$bundle" "$logo" "$no_logo" <<'PYTHON'
import re
import sys

path, logo, no_logo = sys.argv[1:]
text = open(path, encoding="utf-8", newline="").read()
for old, new in ((logo, no_logo), ("https://cdn.redoc.ly/redoc/logo-mini.svg", "data:,")):
    if text.count(old) != 1:
        sys.exit(f"fetch: found {text.count(old)} times, expected once: {old}")
    text = text.replace(old, new)
text = re.sub(r"(\\n|\n)//# sourceMappingURL=[\w.]+\.js\.map", "", text)
open(path, "w", encoding="utf-8", newline="").write(text)
PYTHON

echo "$bundle_sha256  $bundle" | sha256sum --check --quiet
gzip -n -9 -c "$bundle" >"$assets/redoc.standalone.js.gz"
{
    echo "redoc.standalone.js.gz: redoc $version (npm), its logo and source maps taken out; made by tools/redoc/fetch.sh"
    echo
    cat "$work/package/LICENSE"
    echo
    echo "What it bundles:"
    echo
    cat "$bundle.LICENSE.txt"
} >"$assets/LICENSE.txt"
echo "made $assets/redoc.standalone.js.gz ($(stat -c %s "$assets/redoc.standalone.js.gz") bytes)"
