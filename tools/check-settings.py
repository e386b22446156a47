#!/usr/bin/env python3
"""Does docs/settings.md name every setting that the code reads, and none that it does not?"""
import pathlib
import re
import sys

READS = re.compile(r'(?:\.(?:text|number|word|switch|secret|web_address)\(|\bseconds\(&mut from,|\b(?:address|countries)\(from,|\bpair\(from,)\s*(?:&mut from,\s*)?((?:"[A-Z][A-Z0-9_]+",?\s*)+)')
LISTED = re.compile(r'Bucket::\w+, "(RATE_[A-Z_]+)"')
# Read by a rule, not by its name, in a list of names, or by a library.
BY_RULE = {"CALL_HOURS", "CALL_HOURS_XX", "CALL_HOURS_ES", "SSL_CERT_FILE", "SSL_CERT_DIR"}


def code():
    for path in pathlib.Path("crates").glob("*/src/**/*.rs"):
        text = path.read_text(encoding="utf-8").split("#[cfg(test)]")[0]
        for names in READS.findall(text):
            yield from re.findall(r"[A-Z][A-Z0-9_]+", names)
        yield from LISTED.findall(text)
        yield from re.findall(r'needed\("([A-Z_]+)"', text)


read = set(code())
told = set(re.findall(r"`([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+|HOST|PORT|DEBUG|EMBEDDINGS|PAYMENTS)`", pathlib.Path("docs/settings.md").read_text(encoding="utf-8")))
faults = [f"{name} is read, but not in docs/settings.md" for name in sorted(read - told)]
faults += [f"{name} is in docs/settings.md, but not read" for name in sorted(told - read - BY_RULE)]
print("\n".join(faults) or f"{len(told)} settings, all of them told")
sys.exit(bool(faults))
