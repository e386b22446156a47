#!/usr/bin/env python3
"""Makes crates/calls/data/numbers.tsv from libphonenumber's PhoneNumberMetadata.xml, which is the one argument.

https://github.com/google/libphonenumber/tree/master/resources (Apache-2.0)
"""

import re
import sys
import xml.etree.ElementTree as xml

ORDINARY = ["fixedLine", "mobile", "voip"]
SPECIAL = [
    ("premium", ["premiumRate"]),
    ("free", ["tollFree"]),
    ("shared", ["sharedCost"]),
    ("other", ["personalNumber", "pager", "uan", "voicemail"]),
]


def patterns(territory, names):
    """The patterns of these kinds of number, in one."""
    found = []
    for name in names:
        pattern = territory.findtext(f"{name}/nationalNumberPattern")
        if pattern:
            pattern = re.sub(r"\s", "", pattern)
            if pattern not in found:
                found.append(pattern)
    return "|".join(found) or "-"


def main():
    root = xml.parse(sys.argv[1]).getroot()
    print("# What numbers there are, by calling code and region: those of people (fixed, mobile, by the internet), of premium rates, free")
    print("# ones, of shared cost, and others (personal numbers, pagers, companies, voice mail), each as a pattern of the number without its")
    print(f"# calling code. From libphonenumber (Apache-2.0), made by tools/phone-numbers.py of {sys.argv[2]}.")
    for territory in root.iter("territory"):
        cells = [territory.get("countryCode"), territory.get("id"), patterns(territory, ORDINARY)]
        cells += [patterns(territory, names) for _, names in SPECIAL]
        print("\t".join(cells))


main()
