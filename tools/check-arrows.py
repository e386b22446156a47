#!/usr/bin/env python3
"""Do the dependencies between our crates point the way ARCHITECTURE.md says?

    tools/check-arrows.py [--metadata FILE]      FILE: what `cargo metadata --no-deps` printed; - for standard input

The table there names what each crate uses: those and no others, each in a row above its own. Core in a row stands for any of the core crates.
The picture has every crate in its layer: one above the highest that it uses. Dev-dependencies are free: tests may use what they like.
Build-dependencies count.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent / "ARCHITECTURE.md"
CORE = "core"


def read_metadata(path):
    if path == "-":
        return json.load(sys.stdin)
    if path:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    command = ["cargo", "metadata", "--no-deps", "--format-version=1"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def arrows(packages):
    """Which of our crates each of them uses."""
    own = {package["name"] for package in packages}
    return {
        package["name"]: {used["name"] for used in package["dependencies"] if used["kind"] != "dev"} & own
        for package in packages
    }


def table(document):
    """What the table says that each crate uses, in the order of its rows."""
    rows = document.partition("| crate | contents | uses |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `([a-z-]+)`[^|]*\|[^|]*\| ([^|]+) \|$", rows, re.MULTILINE)
    return {name: set() if uses == "–" else set(uses.split(", ")) for name, uses in rows}


def layers(used):
    """How high each crate stands, from 0."""
    found = {}

    def layer(name):
        if name not in found:
            found[name] = max((layer(other) + 1 for other in used[name]), default=0)
        return found[name]

    for name in used:
        layer(name)
    return found


def faults(used, document):
    told, core = table(document), re.search(r'"Core" is ([^.]+)\.', document)
    core = set(re.split(r", | and ", core[1].replace("\n", " "))) if core else set()
    for name in sorted(used.keys() ^ told.keys()):
        yield f"{name} stands in the workspace or in the table, but not in both"
    above = set()
    for name in [name for name in told if name in used]:
        says, free = told[name] - {CORE}, core if CORE in told[name] else set()
        for other in sorted(used[name] - says - free):
            yield f"{name} depends on {other}, which its row does not name"
        for other in sorted(says - used[name]):
            yield f"{name} does not depend on {other}, which its row names"
        for other in sorted(used[name] - above):
            yield f"{name} depends on {other}, whose row does not stand above its own"
        above.add(name)
    drawn = {}
    for height, names in re.findall(r"^ *(\d+)  ([a-z -]+)$", document, re.MULTILINE):
        drawn.update(dict.fromkeys(names.split(), int(height)))
    height = layers(used)
    for name in sorted(height.keys() | drawn.keys()):
        if drawn.get(name) != height.get(name):
            yield f"{name} stands in layer {height.get(name)}, but in {drawn.get(name)} of the picture"


def main():
    parser = argparse.ArgumentParser(description="Check the direction of the dependencies between our crates.")
    parser.add_argument("--metadata", metavar="FILE", help="the output of `cargo metadata --no-deps` (default: run it)")
    used = arrows(read_metadata(parser.parse_args().metadata)["packages"])
    found = list(faults(used, DOCUMENT.read_text(encoding="utf-8")))
    for fault in found:
        print(f"check-arrows: {fault}", file=sys.stderr)
    if found:
        sys.exit(1)
    print(f"{len(used)} crates, every arrow as ARCHITECTURE.md tells and draws it")


if __name__ == "__main__":
    main()
