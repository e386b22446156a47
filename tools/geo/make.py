"""Makes crates/mind/data/{countries,languages}.tsv from CLDR (as packaged by Babel 2.18) and the two hand-written lists beside this file.

    python3 -m venv v && v/bin/pip install babel==2.18.0 && v/bin/python tools/geo/make.py
"""
import shutil
from pathlib import Path

import babel
from babel import Locale
from babel.core import get_global

HERE = Path(__file__).parent
DATA = HERE.parent.parent / "crates/mind/data"
NOT_ISO = {"EU", "EZ", "UN", "QO", "XA", "XB", "XK", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
CLDR_NAMES_FEW_SAY = {"HK": ("Hong Kong", "Hong Kong"), "MO": ("Macao", "Macao"), "MM": ("Myanmar", "Myanmar"),
                      "CD": ("DR Congo", "República Democrática del Congo"), "CG": ("Congo", "Congo"),
                      "PS": ("Palestine", "Palestina"), "TR": ("Turkey", "Turquía"), "CI": ("Ivory Coast", "Costa de Marfil"),
                      "CC": ("Cocos Islands", "Islas Cocos")}
RETIRED = {"ANT", "BUR", "DDR", "FXX", "NTZ", "SCG", "SUN", "TMP", "YMD", "YUG", "ZAR"}
CLDR_NAME = {"tl": "fil"}
EN, ES = Locale("en"), Locale("es")


def rows(name):
    for line in (HERE / name).read_text().splitlines():
        if line and not line.startswith("#"):
            code, *rest = line.split("\t")
            yield code, [[word for word in column.split("|") if word] for column in rest]


def plain(name, word):
    return name.replace("’", "'").replace(" & ", f" {word} ")


def english_forms(demonym):
    return [demonym] if demonym[-2:] in ("sh", "ch", "se", "ss") else [demonym, demonym + "s"]


def spanish_forms(demonym):
    bare = demonym[:-2] + demonym[-2:].translate(str.maketrans("áéíóú", "aeiou"))
    if demonym.endswith("o"):
        return [demonym, demonym[:-1] + "a", demonym + "s", demonym[:-1] + "as"]
    if demonym[-1] in "aeí":
        return [demonym, demonym + "s"] + ([demonym + "es"] if demonym[-1] == "í" else [])
    if demonym in ("español", "alemán", "letón") or demonym.endswith(("és", "ol")):
        return [demonym, bare + "a", bare + "es", bare + "as"]
    return [demonym, demonym + "es"]


def unique(words, without=()):
    seen, kept = {word.lower() for word in without}, []
    for word in words:
        if word.lower() not in seen:
            seen.add(word.lower())
            kept.append(word)
    return "|".join(kept)


def countries():
    said = dict(rows("aliases.tsv"))
    iso3 = {}
    for code3, (code, *_) in get_global("territory_aliases").items():
        if len(code3) == 3 and code3.isalpha():
            iso3.setdefault(code, []).append(code3)
    for code in sorted(code for code in EN.territories if len(code) == 2 and code.isalpha() and code not in NOT_ISO):
        names = [plain(EN.territories[code], "and"), plain(ES.territories[code], "y")]
        shown = list(CLDR_NAMES_FEW_SAY.get(code, names))
        threes = [three for three in iso3.get(code, []) if three not in RETIRED]
        assert len(threes) == 1, (code, threes)
        aliases, english, spanish = (said.get(code, []) + [[], [], []])[:3]
        saints = [name.replace("St. ", "Saint ") for name in names if "St. " in name]
        demonyms = [form for word in english for form in english_forms(word)]
        adjectives = [form for word in spanish for form in spanish_forms(word)]
        yield [code, threes[0], *shown, unique(names + saints + aliases, shown), unique(demonyms), unique(adjectives)]


def languages():
    for code, (aliases, speakers) in rows("speakers.tsv"):
        cldr = CLDR_NAME.get(code, code)
        shown = [EN.languages[cldr], ES.languages[cldr]]
        own = [Locale(cldr).languages[cldr]]
        yield [code, *shown, unique(own + aliases, shown), unique(speakers)]


def write(name, head, lines):
    text = "\n".join(["# " + "\t".join(head), *("\t".join(line) for line in lines)]) + "\n"
    (DATA / name).write_text(text)
    print(name, text.count("\n") - 1, "rows", len(text.encode()), "bytes")


write("countries.tsv", ["iso2", "iso3", "english", "spanish", "other names", "english demonyms", "spanish demonyms"], countries())
write("languages.tsv", ["iso639-1", "english", "spanish", "other names", "speakers"], languages())
shutil.copy(Path(babel.__file__).parent / "locale-data/LICENSE.unicode", DATA / "LICENSE.unicode")
