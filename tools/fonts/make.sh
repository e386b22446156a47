#!/usr/bin/env bash
# Remakes crates/paper/fonts from Debian 12's packages of the Noto fonts, and Noto Emoji's of the npm registry, to the byte.
#
#     tools/fonts/make.sh
#
# Needs apt-get with Debian 12's lists, dpkg-deb, npm, Python 3.11 with venv, and sha256sum. Nothing of the machine changes. What comes in
# and what goes out is checked; the checksums of the fonts stand in crates/paper/fonts/SHA256SUMS, where a test compares them, too.
set -euo pipefail

core=fonts-noto-core=20201225-1
cjk=fonts-noto-cjk=1:20220127+repack1-1
emoji=@expo-google-fonts/noto-emoji@0.4.7

here=$(cd "$(dirname "$0")" && pwd)
fonts=$(cd "$here/../../crates/paper/fonts" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

(cd "$work" && apt-get -qq download "$core" "$cjk")
for package in "$work"/*.deb; do
    dpkg-deb -x "$package" "$work/unpacked"
done
(cd "$work" && npm pack --silent "$emoji" >/dev/null && tar -xzf ./*noto-emoji*.tgz)
mkdir -p "$work/unpacked/usr/share/fonts/emoji"
cp "$work/package/400Regular/NotoEmoji_400Regular.ttf" "$work/unpacked/usr/share/fonts/emoji/"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --require-virtualenv --requirement "$here/requirements.txt"
(cd "$work/unpacked/usr/share/fonts" && sha256sum --check --quiet "$here/sources.sha256")

mkdir "$work/made"
"$work/venv/bin/python" "$here/subset.py" "$work/unpacked/usr/share/fonts" \
    "$work/unpacked/usr/share/fonts/emoji/NotoEmoji_400Regular.ttf" "$work/made"
(cd "$work/made" && sha256sum --check --quiet "$fonts/SHA256SUMS")
# Compressed as they lie in the program; the sums are of what they unpack to.
for font in "$work"/made/*; do
    gzip -n -9 -c "$font" >"$fonts/$(basename "$font").gz"
done
echo "made $fonts, as it was"
