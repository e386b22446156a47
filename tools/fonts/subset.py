#!/usr/bin/env python3
"""Cuts the Noto fonts down to what the PDFs of contracts need: see crates/paper/fonts/README.md.

    subset.py FONTS OUT        FONTS: a folder laid out as Debian's /usr/share/fonts
"""
import pathlib
import sys

from fontTools.subset import main as pyftsubset

LATIN_GREEK_CYRILLIC = (
    "U+0020-007E,U+00A0-024F,U+0250-02AF,U+02B0-02FF,U+0300-036F,U+0370-03FF,U+1F00-1FFF,U+0400-052F,U+1E00-1EFF,"
    "U+2000-206F,U+2070-209F,U+20A0-20CF,U+2100-214F,U+2150-218F,U+2190-21FF,U+2212,U+2215,U+2248,U+2260,U+2264,U+2265,"
    "U+25A0-25FF,U+FB00-FB06,U+FFFD"
)
ARABIC = "U+0600-06FF,U+0750-077F,U+0020,U+200C-200F,U+25CC"
HEBREW = "U+0590-05FF,U+0020,U+25CC"
KANA = "".join(
    chr(code) for first, last in [(0x3000, 0x303F), (0x3040, 0x30FF), (0xFF01, 0xFF9F), (0x2E80, 0x2E99)] for code in range(first, last)
)
# Simplified Chinese is the third face of the collection.
CHINESE_FACE = 2


def rows(encoding, first, last):
    """The characters that a double-byte code has in these rows."""
    found = set()
    for high in range(first, last):
        for low in range(0xA1, 0xFF):
            try:
                found.add(bytes([high, low]).decode(encoding))
            except UnicodeDecodeError:
                pass
    return found


def cut(source, target, characters, *more):
    pyftsubset([
        str(source), f"--output-file={target}", characters, *more,
        "--layout-features=ccmp,locl,mark,mkmk,kern,liga,calt,rlig,init,medi,fina,isol,curs,rclt,clig",
        "--no-hinting", "--notdef-outline", "--name-IDs=0,1,2,3,4,5,6,13,14",
        "--drop-tables+=DSIG,meta,STAT,BASE,VORG,vhea,vmtx,gasp,fpgm,prep,cvt,hdmx",
    ])


def main():
    fonts, out = map(pathlib.Path, sys.argv[1:])
    noto = fonts / "truetype/noto"
    for name, characters in [
        ("NotoSans-Regular.ttf", LATIN_GREEK_CYRILLIC), ("NotoSans-Bold.ttf", LATIN_GREEK_CYRILLIC),
        ("NotoSansArabic-Regular.ttf", ARABIC), ("NotoSansHebrew-Regular.ttf", HEBREW),
    ]:
        cut(noto / name, out / name, f"--unicodes={characters}")
    collection = fonts / "opentype/noto/NotoSansCJK-Regular.ttc"
    common = rows("gb2312", 0xB0, 0xD8) | rows("euc_jp", 0xB0, 0xD0)
    for name, characters in [
        ("NotoSansHan-Regular.otf", "".join(sorted(common)) + KANA),
        ("NotoSansHangul-Regular.otf", "".join(sorted(rows("euc_kr", 0xB0, 0xC9)))),
    ]:
        cut(collection, out / name, f"--text={characters}", f"--font-number={CHINESE_FACE}")


main()
