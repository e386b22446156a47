#!/bin/sh
# Lets other people's clients of WhatsApp and Telegram talk with our stand-ins; see README.md.
#
#     tools/messaging-clients/run.sh [FOLDER WITH BODIES OF WEBHOOKS]
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$root/.cache/messaging-clients
export PYTHONDONTWRITEBYTECODE=1
mkdir -p "$cache"
if ! cmp -s "$here/requirements.txt" "$cache/fetched"; then
    rm -rf "$cache/venv"
    python3 -m venv "$cache/venv"
    "$cache/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$cache/fetched"
fi
(cd "$root" && cargo build --quiet -p providers --example message_stand_ins)
target=${CARGO_TARGET_DIR:-$root/target}
"$cache/venv/bin/python" "$here/talk.py" "$target/debug/examples/message_stand_ins" "$@"
