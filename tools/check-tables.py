#!/usr/bin/env python3
"""Does each table belong to one crate, and does no other name it in SQL?

    tools/check-tables.py [--list]      --list: prints who owns what

The owner of a table is the crate whose sources create it. What counts is the text of string literals, in sources and in tests.
A migration that was released never changes: RELEASED tells what such ones name of others, and why. Nothing is added to it.
"""
import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What released migrations name of others: the migration, the table, why.
RELEASED = {
    ("0012_accounts", "creators"): "an index by who has claimed an entry",
    ("0052_payments_events", "inbound_events"): "what had been remembered of providers' events moved to delivery",
    ("0065_reading", "campaigns"): "an index for the dashboard",
    ("0065_reading", "contracts"): "an index for the dashboard",
    ("0065_reading", "payments"): "an index for the dashboard",
    ("0066_returns", "payments"): "the same index, with what was disputed",
}

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
# The literal before the SQL of a migration.
MIGRATION = re.compile(r"\d{4}_[a-z0-9_]+")
# What stands for SQL without being it: row types, listings, and what tests count.
ROWS = re.compile(rf'(?:#\[row\(\s*table = |Listing::new\(\s*|\.(?:count|rows)\(\s*)"{NAME}')


def literals(source):
    for token in TOKENS.finditer(source):
        if token["raw"] is not None:
            yield token["raw"]
        elif token["text"] is not None:
            # A line that ends in a backslash goes on at the first letter of the next.
            yield re.sub(r"\\\n\s*", "", token["text"])


def texts(path):
    """The SQL of a file: each literal with single spaces, and the tables of its row types and listings; each with its migration."""
    source, migration = path.read_text(encoding="utf-8"), None
    for literal in literals(source):
        yield migration, re.sub(r"\s+", " ", literal.replace("\\n", " "))
        migration = literal if MIGRATION.fullmatch(literal) else None
    for row in ROWS.finditer(re.sub(r"//[^\n]*", "", source)):
        yield None, f"FROM {row[1]}"


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
    """Who names which table of others, and where: ("deals", "campaigns", path, migration)."""
    for crate in crates:
        for part, path in sources(crate):
            who = crate.name if part == "src" else f"{crate.name}/tests"
            for migration, text in texts(path):
                for table in {*NAMES.findall(text), *MORE.findall(text)}:
                    if owner.get(table, crate.name) != crate.name:
                        yield who, table, path.relative_to(ROOT), migration if part == "src" else None


def main():
    parser = argparse.ArgumentParser(description="Check that each table belongs to one crate.")
    parser.add_argument("--list", action="store_true", help="print who owns what")
    arguments = parser.parse_args()
    crates = sorted(path for path in (ROOT / "crates").iterdir() if (path / "Cargo.toml").exists())
    owner, faults = owners(crates)
    if arguments.list:
        for table in sorted(owner):
            print(f"{owner[table]} owns {table}")
        return
    found = list(named(crates, owner))
    released = {(migration, table) for _, table, _, migration in found} & RELEASED.keys()
    for who, table, path, migration in sorted(found, key=str):
        if (migration, table) not in released:
            faults.append(f"{who} names {table}, which is of {owner[table]} ({path}): ask a function of its store")
    for migration, table in sorted(RELEASED.keys() - released):
        faults.append(f"{migration} does not name {table} of another: take it out of RELEASED")
    for fault in dict.fromkeys(faults):
        print(f"check-tables: {fault}", file=sys.stderr)
    if faults:
        sys.exit(1)
    print(f"{len(owner)} tables of {len(set(owner.values()))} crates; each is named by its owner alone")


if __name__ == "__main__":
    main()
