#!/usr/bin/env python3
"""Do the dependencies between our crates point the way ARCHITECTURE.md says?

    tools/check-arrows.py [--metadata FILE]      FILE: what `cargo metadata --no-deps` printed; - for standard input

Dev-dependencies are free: tests may use what they like. Build-dependencies count.
"""
import argparse
import json
import subprocess
import sys

# What each crate may depend on. A crate that is not in a table is an error: put it where it belongs.
GROUND = {
    "derive": set(),
    "kernel": {"derive"},
    "db": {"derive", "kernel"},
    "events": {"derive", "kernel", "db"},
    "jobs": {"kernel", "db"},
    "delivery": {"kernel", "db", "jobs"},
    "ports": {"kernel"},
    "mind": {"kernel"},
    "paper": {"kernel"},
    "input": {"derive", "kernel"},
    "http-base": {"derive", "input", "kernel", "db", "events", "jobs", "delivery", "ports", "mind"},
}
# Slices stand on the whole ground, and use another slice only where the journey runs that way.
SLICES = {
    "mail": set(),
    "creators": set(),
    "accounts": {"mail", "creators"},
    "outreach": {"mail", "creators"},
    "campaigns": {"creators", "outreach"},
    "matching": {"creators", "outreach", "campaigns"},
    "calls": {"mail", "creators", "outreach", "campaigns"},
    "payments": {"creators"},
    "deals": {"mail", "creators", "outreach", "campaigns", "payments"},
    "insights": {"creators", "outreach", "campaigns", "payments", "deals"},
}
# On the side: real providers and sample data, which only the server knows, and what only tests know.
ASIDE = {
    "providers": {"kernel", "ports"},
    "samples": {"kernel"},
    "testkit-db": {"derive", "kernel", "db"},
    "testkit": {*GROUND, "testkit-db"},
}
# What knows every other, but for the testkits: the server, and what measures it.
EVERY = {*GROUND, *SLICES, "providers", "samples"}
TOP = {"influencerflow": EVERY, "bench": {*EVERY, "influencerflow"}}

ALLOWED = {
    **GROUND,
    **{name: {*GROUND, *others} for name, others in SLICES.items()},
    **ASIDE,
    **TOP,
}


def read_metadata(path):
    if path == "-":
        return json.load(sys.stdin)
    if path:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    command = ["cargo", "metadata", "--no-deps", "--format-version=1"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def faults(packages):
    own = {package["name"] for package in packages}
    for package in sorted(packages, key=lambda package: package["name"]):
        name = package["name"]
        if name not in ALLOWED:
            yield f"{name} is in no table of tools/check-arrows.py: decide where it stands"
            continue
        used = {dependency["name"] for dependency in package["dependencies"] if dependency["kind"] != "dev"} & own
        for other in sorted(used - ALLOWED[name]):
            may = ", ".join(sorted(ALLOWED[name])) or "none of our crates"
            yield f"{name} depends on {other}; it may use {may}"


def main():
    parser = argparse.ArgumentParser(description="Check the direction of the dependencies between our crates.")
    parser.add_argument("--metadata", metavar="FILE", help="the output of `cargo metadata --no-deps` (default: run it)")
    packages = read_metadata(parser.parse_args().metadata)["packages"]
    found = list(faults(packages))
    for fault in found:
        print(f"check-arrows: {fault}", file=sys.stderr)
    if found:
        sys.exit(1)
    print(f"{len(packages)} crates, every arrow points the right way")


if __name__ == "__main__":
    main()
