#!/usr/bin/env python3
"""Does each table belong to one crate, and does no other name it in SQL?

    tools/check-tables.py [--list]      --list: prints who owns what, and who names what of others

The owner of a table is the crate whose sources create it. What counts is the text of string literals, in sources and in tests.
tools/tables.txt lists what is still allowed (`crate table`, or `crate/tests table`): it only ever gets shorter, for a line that
is not needed any more is a fault as well.
"""
import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXCEPTIONS = ROOT / "tools" / "tables.txt"

# A comment, a raw string, a string, or a character (so that '"' opens nothing).
TOKENS = re.compile(
    r"""//[^\n]*|/\*.*?\*/|r(?P<hashes>\#*)"(?P<raw>.*?)"(?P=hashes)|b?"(?P<text>(?:[^"\\]|\\.)*)"|'(?:[^'\\\n]|\\[^\n]{1,10}?)'""",
    re.DOTALL | re.VERBOSE,
)
NAME = r"([a-z][a-z0-9_]*)"
CREATES = re.compile(rf"\bCREATE TABLE (?:IF NOT EXISTS )?{NAME}")
NAMES = re.compile(
    rf"\b(?:FROM|JOIN|INTO|UPDATE|REFERENCES|TABLE(?: IF (?:NOT )?EXISTS)?|INDEX [a-z0-9_{{}} ]*?ON|TRIGGER .{{0,200}}? ON) +(?:ONLY +)?{NAME}"
)
# A further table of `FROM a, b` or `FROM a AS x, b AS y`.
MORE = re.compile(rf"\bFROM +[a-z0-9_ ]+?(?: AS [a-z0-9_]+)?, *{NAME}")
# What stands for SQL without being it.
ROWS = re.compile(rf'#\[row\(\s*table = "{NAME}"|Listing::new\(\s*"{NAME}')


def literals(source):
    for token in TOKENS.finditer(source):
        if token["raw"] is not None:
            yield token["raw"]
        elif token["text"] is not None:
            # A line that ends in a backslash goes on at the first letter of the next.
            yield re.sub(r"\\\n\s*", "", token["text"])


def texts(path):
    """The SQL of a file: each literal with single spaces, and the tables of its row types and listings."""
    source = path.read_text(encoding="utf-8")
    for literal in literals(source):
        yield re.sub(r"\s+", " ", literal.replace("\\n", " "))
    for row in ROWS.finditer(re.sub(r"//[^\n]*", "", source)):
        yield f"FROM {row[1] or row[2]}"


def sources(crate):
    for part in ("src", "tests", "benches", "examples"):
        for path in sorted((crate / part).rglob("*.rs")):
            yield ("src" if part == "src" else "tests"), path


def without_tests(path):
    """The sources of a file without the tests at its end."""
    source = path.read_text(encoding="utf-8")
    source = re.split(r"^#\[cfg\(test\)\]\s*mod \w+ \{", source, maxsplit=1, flags=re.MULTILINE)[0]
    return [re.sub(r"\s+", " ", literal) for literal in literals(source)]


def owners(crates):
    found, faults = {}, []
    for crate in crates:
        for part, path in sources(crate):
            if part != "src":
                continue
            for text in without_tests(path):
                for table in CREATES.findall(text):
                    other = found.setdefault(table, crate.name)
                    if other != crate.name:
                        faults.append(f"{table} is created by {other} and by {crate.name}")
    return found, faults


def named(crates, owner):
    """Who names which table of others, and where first: {("deals", "campaigns"): path}."""
    found = {}
    for crate in crates:
        for part, path in sources(crate):
            who = crate.name if part == "src" else f"{crate.name}/tests"
            for text in texts(path):
                for table in [*NAMES.findall(text), *MORE.findall(text)]:
                    if owner.get(table, crate.name) != crate.name:
                        found.setdefault((who, table), path.relative_to(ROOT))
    return found


def allowed():
    if not EXCEPTIONS.exists():
        return set()
    lines = (line.split("#")[0].split() for line in EXCEPTIONS.read_text(encoding="utf-8").splitlines())
    return {tuple(line) for line in lines if line}


def main():
    parser = argparse.ArgumentParser(description="Check that each table belongs to one crate.")
    parser.add_argument("--list", action="store_true", help="print who owns what, and who names what of others")
    arguments = parser.parse_args()
    crates = sorted(path for path in (ROOT / "crates").iterdir() if (path / "Cargo.toml").exists())
    owner, faults = owners(crates)
    found, excepted = named(crates, owner), allowed()
    if arguments.list:
        for table in sorted(owner):
            print(f"{owner[table]} owns {table}")
        for (who, table), path in sorted(found.items()):
            print(f"{who} {table}    # of {owner[table]}, in {path}")
        return
    for who, table in sorted(found.keys() - excepted):
        faults.append(f"{who} names {table}, which is of {owner[table]} ({found[who, table]}): ask a function of its store")
    for who, table in sorted(excepted - found.keys()):
        faults.append(f"{who} does not name {table} any more: take the line out of {EXCEPTIONS.relative_to(ROOT)}")
    for fault in faults:
        print(f"check-tables: {fault}", file=sys.stderr)
    if faults:
        sys.exit(1)
    print(f"{len(owner)} tables of {len(set(owner.values()))} crates; {len(excepted)} exceptions are left")


if __name__ == "__main__":
    main()
