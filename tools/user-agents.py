#!/usr/bin/env python3
"""Makes what tells programs from browsers out of two public lists, which are the arguments:

crawler-user-agents.json  of https://github.com/monperrus/crawler-user-agents (MIT), with its version
browsers.jsonl            of https://github.com/fake-useragent/fake-useragent (Apache-2.0), with its version

Writes crates/insights/data/crawlers.txt, and the samples that the tests hold it to: tests/data/crawlers.txt and browsers.txt.
"""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent.parent / "crates/insights"


def plain(pattern):
    """The text that a pattern stands for, if it is no more than that."""
    text = re.sub(r"\\([^A-Za-z0-9])", lambda escaped: "\0" + escaped.group(1), pattern)
    if re.search(r"(?<!\0)[\[\](){}|^$*+?.\\]", text):
        return None
    return text.replace("\0", "")


def write(path, head, lines):
    path = HERE / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"# {line}\n" for line in head) + "".join(f"{line}\n" for line in lines))


def main():
    crawlers, crawlers_version, browsers, browsers_version = sys.argv[1:]
    listed = json.load(open(crawlers))
    lines = []
    for entry in listed:
        pattern = entry["pattern"].replace("\\/", "/")
        text = plain(pattern)
        lines.append(f"~{pattern}" if text is None else f"={text}")
    source = f"crawler-user-agents {crawlers_version}, MIT, (c) 2017 Martin Monperrus; made by tools/user-agents.py."
    write("data/crawlers.txt", ["Names of crawlers, previewers and monitors: `=` a text, `~` a pattern.", source], lines)
    names = sorted({name for entry in listed for name in entry.get("instances", []) if "\n" not in name})
    write("tests/data/crawlers.txt", [f"Every third of the names in {source}"], names[::3])
    agents = sorted({json.loads(line)["useragent"].strip('"') for line in open(browsers)})
    write("tests/data/browsers.txt", [f"Browsers of fake-useragent {browsers_version}, Apache-2.0; made by tools/user-agents.py."], agents)


main()
