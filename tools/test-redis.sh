#!/bin/sh
# Finds a Redis for the tests, or fetches one into .cache/redis of this repository. Safe to run again.
#
# The tests start it by themselves. Only where none is on the machine are Debian's packages fetched, and unpacked rather than installed:
# nothing of the machine changes, and no root is needed.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
target=$here/.cache/redis

if [ -x "$target/redis-server" ] || command -v redis-server >/dev/null; then
    exit 0
fi
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || {
    echo "test-redis: there is no redis-server, and no apt-get to fetch one; install Redis" >&2
    exit 1
}

fresh=$target.$$
rm -rf "$fresh"
mkdir -p "$fresh/packages"
trap 'rm -rf "$fresh"' EXIT
fetch() {
    (cd "$fresh/packages" && apt-get -qq download redis-server redis-tools libjemalloc2 liblzf1 libatomic1 libssl3 libsystemd0)
}
# The lists of what there is may be old, or not there at all.
fetch 2>/dev/null || { apt-get -qq update && fetch; }
for package in "$fresh"/packages/*.deb; do
    dpkg-deb -x "$package" "$fresh/root"
done
rm -rf "$fresh/packages"
# Its libraries stand beside it.
cat >"$fresh/redis-server" <<'SCRIPT'
#!/bin/sh
root=$(cd "$(dirname "$0")" && pwd)/root
LD_LIBRARY_PATH=$(find "$root" -name '*.so*' -exec dirname {} \; | sort -u | tr '\n' ':')
export LD_LIBRARY_PATH
exec "$root/usr/bin/redis-server" "$@"
SCRIPT
chmod +x "$fresh/redis-server"
"$fresh/redis-server" --version
rm -rf "$target"
mv "$fresh" "$target"
trap - EXIT
