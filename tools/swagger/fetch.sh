#!/usr/bin/env bash
# Remakes crates/http/assets/swagger from the npm package `swagger-ui-dist`, so that /docs asks nobody else.
#
#     tools/swagger/fetch.sh
#
# Needs npm, tar, gzip and sha256sum. The same version always gives the same bytes; both ends are checked. The page itself and what
# starts it (index.html, swagger-initializer.js) are ours.
set -euo pipefail

version=5.32.6
package_sha256=2d51e76c9092b38f23b48375b91587fbe97374794e9aa421ea5030b989872762

here=$(cd "$(dirname "$0")" && pwd)
assets=$(cd "$here/../../crates/http/assets/swagger" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

(cd "$work" && npm pack --silent "swagger-ui-dist@$version" >/dev/null)
echo "$package_sha256  $work/swagger-ui-dist-$version.tgz" | sha256sum --check --quiet
tar -xzf "$work/swagger-ui-dist-$version.tgz" -C "$work"
dist=$work/package

# Source maps are not shipped, so the style sheet does not point at its own.
sed -i 's|/\*# sourceMappingURL=[A-Za-z.-]*\.map\*/||' "$dist/swagger-ui.css"
(cd "$dist" && sha256sum --check --quiet "$here/made.sha256")

for file in swagger-ui.css swagger-ui-bundle.js swagger-ui-standalone-preset.js; do
    gzip -n -9 -c "$dist/$file" >"$assets/$file.gz"
done
cp "$dist/favicon-32x32.png" "$assets/"
{
    echo "swagger-ui*.gz, favicon-32x32.png: swagger-ui-dist $version (npm), made by tools/swagger/fetch.sh"
    echo
    cat "$dist/NOTICE"
    echo
    cat "$dist/LICENSE"
    echo
    echo "What it bundles:"
    echo
    cat "$dist/swagger-ui-bundle.js.LICENSE.txt" "$dist/swagger-ui-standalone-preset.js.LICENSE.txt"
} >"$assets/LICENSE.txt"
echo "made $assets ($(du -cb "$assets"/*.gz | tail -n 1 | cut -f 1) bytes compressed)"
