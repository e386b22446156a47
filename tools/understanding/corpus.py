"""Reads the corpus, expands its templates and varies what comes out, always in the same way.

A line is a sentence. `{a|b|}` is one of these; `{amt}` is a slot that SLOTS fills; `= accept condition` begins the sentences that perform these
acts (`= none`: none of them); `@pt` sets the language of the lines below, which is otherwise the file's.
"""
import pathlib
import random
import re

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"
ACTS = ["accept", "eager", "decline", "unsure", "condition", "request", "promise", "question", "price", "counter", "agreed", "aside", "time", "busy", "stop",
        "person", "refer", "courtesy"]
FILES = {"en": "en.txt", "es": "es.txt", "xx": "others.txt", "talk": "talk.txt", "more": "more.txt"}
# At most so many sentences of one template.
MOST = 8

MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split(),
}
DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "es": "lunes martes miércoles jueves viernes sábado domingo".split(),
    "pt": "segunda terça quarta quinta sexta".split(),
    "fr": "lundi mardi mercredi jeudi vendredi".split(),
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag".split(),
    "it": "lunedì martedì mercoledì giovedì venerdì".split(),
}
AMOUNTS = {
    "en": ["$900", "$1,500", "900 USD", "€1,200", "£750", "1200", "800", "1.5k", "2k", "500 euros", "nine hundred dollars", "twelve hundred", "fifteen hundred dollars",
           "eight fifty", "two thousand", "a thousand euros", "three hundred and fifty pounds", "650 bucks", "a grand", "USD 2,000", "$400", "five hundred"],
    "es": ["900 €", "1.200 euros", "800", "1500", "mil euros", "mil doscientos euros", "1,5k", "2k", "quinientos dólares", "15.000 pesos", "setecientos cincuenta",
           "$900", "USD 800", "dos mil", "8 mil pesos", "trescientos euros", "450€", "mil quinientos", "350"],
    "pt": ["R$ 900", "R$1.500", "800 reais", "mil reais", "1200", "quinhentos euros", "2 mil"],
    "fr": ["900 €", "1 200 euros", "800", "mille euros", "huit cents euros", "1,5k", "450€"],
    "de": ["900 €", "1.200 Euro", "800", "tausend Euro", "achthundert Euro", "1500", "450€"],
    "it": ["900 €", "1.200 euro", "800", "mille euro", "ottocento euro", "1500", "450€"],
}
PIECES = {
    "en": ["reel", "post", "video", "story", "TikTok", "short", "carousel", "YouTube video"],
    "es": ["reel", "post", "vídeo", "historia", "TikTok", "publicación"],
    "pt": ["reel", "post", "vídeo", "story"],
    "fr": ["reel", "post", "vidéo", "story"],
    "de": ["Reel", "Post", "Video", "Story"],
    "it": ["reel", "post", "video", "storia"],
}
SLOTS = {
    "name": ["Anna", "Laura Gómez", "Marc", "Sophie", "Jordan", "Lucía", "Tom Baker", "Mariana", "Kim"],
    "brand": ["Glow", "Nordkraft", "Luma Coffee", "Adidas", "Zara"],
    "mail": ["laura@agency.example", "mgmt@talent.example", "booking@mia.example", "hola@agencia.example"],
    "thing": ["skincare", "my dog", "coffee", "hiking", "travel"],
    "tema": ["cocina", "mi perro", "viajes", "moda"],
    "n": ["2", "3", "5", "10", "two", "three"],
    "big": ["128.000", "40,000", "45k", "1.2M", "300K", "85 mil", "two hundred thousand", "250000"],
    "pct": ["70%", "4.5 %", "80 percent"],
    "platform": ["Instagram", "TikTok", "YouTube", "insta"],
    "country": ["Mexico", "Spain", "the US", "Argentina"],
    "hour": ["10", "five", "4 pm", "noon", "3"],
    "hora": ["10", "cinco", "16", "tres"],
}
FILLERS = {
    "en": ["um", "uh", "yeah", "like", "you know", "i mean", "well", "so", "okay", "look", "honestly", "right"],
    "es": ["eh", "pues", "bueno", "o sea", "este", "a ver", "mira", "la verdad", "vale", "mmm"],
    "pt": ["é", "tipo", "então", "olha"],
    "fr": ["euh", "ben", "alors", "bon"],
    "de": ["äh", "also", "ja", "na ja"],
    "it": ["eh", "allora", "beh", "guardi"],
}
JOINS = {"en": [", ", ". ", " and ", " ", " but ", " so "], "es": [", ", ". ", " y ", " ", " pero "], "pt": [", ", ". ", " e "], "fr": [", ", ". ", " et "],
         "de": [", ", ". ", " und "], "it": [", ", ". ", " e "]}


def lines():
    """Every line of the corpus: (acts, language, template)."""
    for default, name in FILES.items():
        acts, language = (), default if default in MONTHS else "en"
        if not (CORPUS / name).exists():
            continue
        for line in (CORPUS / name).read_text(encoding="utf-8").splitlines():
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith("= "):
                acts = tuple(act for act in line[2:].split() if act != "none")
                unknown = set(acts) - set(ACTS)
                assert not unknown, f"{name}: {line}: no such act: {unknown}"
            elif line.startswith("@"):
                language = line[1:]
            else:
                yield acts, language, line


def choices(template):
    """The innermost alternatives of a template, or nothing."""
    return re.search(r"\{([^{}]*\|[^{}]*)\}", template)


def fill(template, language, dice):
    """One sentence of a template."""
    own = {"amt": AMOUNTS, "piece": PIECES, "pieces": PIECES, "pieza": PIECES, "month": MONTHS, "day": DAYS}

    def slot(found):
        name = found.group(1)
        return dice.choice(own[name][language] if name in own else SLOTS[name])

    template = re.sub(r"\{(\w+)\}", slot, template)
    while found := choices(template):
        template = template[: found.start()] + dice.choice(found.group(1).split("|")) + template[found.end():]
    return template.strip()


def typo(text, dice):
    """Two letters of a longer word swapped, or one left out or doubled."""
    places = [at for at in range(1, len(text) - 1) if text[at - 1: at + 2].isalpha()]
    if not places:
        return text
    at = dice.choice(places)
    kind = dice.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2:]
    return text[:at] + text[at + 1:] if kind == 1 else text[:at] + text[at] + text[at:]


def heard(text, language, dice):
    """As speech recognition writes it: no marks, no capitals, and what people say while they think."""
    words = re.sub(r"[^\w\s'$€£%@.]|\.(?=\s|$)", " ", text.lower()).split()
    for _ in range(dice.randrange(3)):
        words.insert(dice.randrange(len(words) + 1) if dice.random() < 0.5 else 0, dice.choice(FILLERS[language]))
    if words and dice.random() < 0.1:
        at = dice.randrange(len(words))
        words.insert(at, words[at])
    return " ".join(words)


def samples(folds):
    """Every sentence: (acts, language, text, fold). Sentences of one template are of one fold, so that none is judged by its own kind."""
    dice = random.Random(20261130)
    found = []
    for acts, language, template in lines():
        fold, seen = dice.randrange(folds), []
        wanted = 1 if "{" not in template else MOST
        for _ in range(wanted * 3):
            text = fill(template, language, dice)
            if text not in seen and len(seen) < wanted:
                seen.append(text)
        for text in seen:
            found.append((acts, language, text, fold))
        for text in seen[:4]:
            spoken = heard(text, language, dice)
            if spoken:
                found.append((acts, language, spoken, fold))
            if len(text) > 8:
                found.append((acts, language, typo(text, dice), fold))
    # Two sentences in one breath perform the acts of both.
    shelves = {}
    for sample in found:
        shelves.setdefault((sample[1], sample[3]), []).append(sample)
    pairs = []
    for (language, fold), shelf in sorted(shelves.items()):
        for _ in range(len(shelf) // 2):
            left, right = dice.choice(shelf), dice.choice(shelf)
            if len(left[2]) + len(right[2]) > 110:
                continue
            text = left[2].rstrip(".,") + dice.choice(JOINS[language]) + right[2]
            pairs.append((tuple(sorted(set(left[0]) | set(right[0]))), language, text, fold))
    return found + pairs
