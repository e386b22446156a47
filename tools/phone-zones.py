#!/usr/bin/env python3
"""Makes crates/audience/data/phone-zones.tsv: the time zone of each country calling code.

    tools/phone-zones.py /usr/share/zoneinfo/zone.tab > crates/audience/data/phone-zones.tsv

The calling codes and their regions are those of crates/calls/data/numbers.tsv, the zones of a region those of the time zone database
(zone.tab, public domain). A code gets the mark `one` if nine in ten people with such a number live by the same clock, else `most`: then
the zone is the one in which most of them live.
"""
import collections
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Codes with several zones in which nine in ten people live by one clock.
MAINLY = {
    "20": "Africa/Cairo", "27": "Africa/Johannesburg", "30": "Europe/Athens", "31": "Europe/Amsterdam", "33": "Europe/Paris",
    "34": "Europe/Madrid", "39": "Europe/Rome", "44": "Europe/London", "47": "Europe/Oslo", "49": "Europe/Berlin", "54": "America/Argentina/Buenos_Aires",
    "56": "America/Santiago", "60": "Asia/Kuala_Lumpur", "64": "Pacific/Auckland", "86": "Asia/Shanghai",
    "247": "Atlantic/St_Helena", "212": "Africa/Casablanca", "262": "Indian/Reunion", "290": "Atlantic/St_Helena", "298": "Atlantic/Faroe", "351": "Europe/Lisbon", "357": "Asia/Nicosia",
    "358": "Europe/Helsinki", "380": "Europe/Kyiv", "383": "Europe/Belgrade", "590": "America/Guadeloupe", "593": "America/Guayaquil", "599": "America/Curacao",
    "675": "Pacific/Port_Moresby", "970": "Asia/Hebron", "976": "Asia/Ulaanbaatar", "998": "Asia/Tashkent",
}
# Codes whose people live by several clocks, and where most of them do.
MOST = {
    "1": "America/New_York", "7": "Europe/Moscow", "52": "America/Mexico_City", "55": "America/Sao_Paulo", "61": "Australia/Sydney",
    "62": "Asia/Jakarta", "243": "Africa/Kinshasa", "299": "America/Nuuk", "672": "Pacific/Norfolk", "686": "Pacific/Tarawa", "689": "Pacific/Tahiti",
    "691": "Pacific/Pohnpei", "692": "Pacific/Majuro",
}
# Codes of no country.
NOWHERE = {"800", "808", "870", "878", "881", "882", "883", "888", "979"}


def main():
    zones = collections.defaultdict(list)
    for line in open(sys.argv[1], encoding="utf-8"):
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            zones[country].append(zone.strip())
    regions = collections.defaultdict(list)
    for line in (ROOT / "crates/calls/data/numbers.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, region = line.split("\t")[:2]
            regions[code].append(region)
    print("# The time zone of each country calling code. `one`: nine in ten people live by its clock; `most`: more than in any other zone.")
    print("# Made by tools/phone-zones.py of the time zone database (public domain).")
    # Kazakhstan shares the code 7.
    lines = {code: f"{code}\tAsia/Almaty\tone" for code in ("76", "77")}
    for code, of in regions.items():
        if code in NOWHERE:
            continue
        if code in MAINLY or code in MOST:
            lines[code] = f"{code}\t{MAINLY.get(code) or MOST[code]}\t{'one' if code in MAINLY else 'most'}"
            continue
        found = {zone for region in of for zone in zones.get(region, [])}
        if len(found) != 1:
            sys.exit(f"{code} ({', '.join(of)}) has the zones {sorted(found)}: say which in MAINLY or MOST")
        lines[code] = f"{code}\t{found.pop()}\tone"
    for code in sorted(lines):
        print(lines[code])


if __name__ == "__main__":
    main()
