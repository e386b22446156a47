"""A sentence as numbers, exactly as `mind::meaning::features` counts them: hashed words, pairs and triples of words, pieces of words, and its static vector."""
import pathlib
import unicodedata

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
BITS = 15
BUCKETS = 1 << BITS
DIMS = 256

LETTERS = {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t", "ς": "σ",
           "‘": "'", "’": "'", "´": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-"}


def dropped(letter):
    code = ord(letter)
    return 0x300 <= code <= 0x36F or code == 0xAD or 0x200B <= code <= 0x200F or 0x202A <= code <= 0x202E or 0x2060 <= code <= 0x2064 \
        or 0xFE00 <= code <= 0xFE0F or code == 0xFEFF


def fold(text):
    """As mind::text::fold."""
    out = []
    for letter in unicodedata.normalize("NFKD", text):
        if dropped(letter):
            continue
        for lower in unicodedata.normalize("NFKD", letter.lower()):
            if not dropped(lower):
                out.append(LETTERS.get(lower, lower))
    return " ".join("".join(out).split())


def table(name):
    rows = [line.split("\t") for line in (ROOT / "crates/mind/data" / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return rows


NUMBERS = {row[0]: row[1] for row in table("number_words.tsv") if row[2] != "weak" and row[1] != "1"}
PARTS = {row[0] for row in table("number_words.tsv")} | {"und"}
CURRENCIES = {row[0] for row in table("currency_words.tsv")}
COMPOUND_FROM = 6


def is_compound(word):
    """Is it made of words of numbers: `achthundert`, `milleduecento`?"""
    if len(word) < COMPOUND_FROM or not word.isascii():
        return False
    reach = [True] + [False] * len(word)
    for end in range(2, len(word) + 1):
        reach[end] = any(reach[at] and word[at:end] in PARTS for at in range(end - 1))
    return reach[-1]


def tokens(text):
    """Words without apostrophes, with every number as 0 and every currency as $."""
    found, word = [], []

    def end():
        if not word:
            return
        token = "".join(word)
        word.clear()
        if any(letter in "0123456789" for letter in token) or token in NUMBERS or is_compound(token):
            token = "0"
        elif token in CURRENCIES:
            token = "$"
        if token == "0" and found and found[-1] == "0":
            return
        found.append(token)

    for letter in fold(text):
        if letter.isalnum():
            word.append(letter)
        elif letter == "'":
            continue
        else:
            end()
            if letter in "$€£":
                found.append("$")
            elif letter in "?!%@":
                found.append(letter)
    end()
    return found


_cache = {}


def bucket(text):
    """FNV-1a of 32 bits, its high bits mixed down."""
    known = _cache.get(text)
    if known is None:
        value = 0x811C9DC5
        for byte in text.encode():
            value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
        value ^= value >> 15
        known = _cache[text] = value & (BUCKETS - 1)
    return known


def hashed(found):
    """The buckets of words, and those of pieces of words."""
    words, pieces = [], []
    row = ["^", *found, "$$"]
    for token in found:
        words.append(bucket("1" + token))
    for left, right in zip(row, row[1:]):
        words.append(bucket("2" + left + " " + right))
    for left, middle, right in zip(row, row[1:], row[2:]):
        words.append(bucket("3" + left + " " + middle + " " + right))
    for token in found:
        if len(token) < 4:
            continue
        letters = "<" + token + ">"
        for size in (3, 4, 5):
            for at in range(len(letters) - size + 1):
                pieces.append(bucket("c" + letters[at: at + size]))
    return words, pieces


class Vectors:
    """crates/mind/model/embed-v1.bin, read as mind::embed reads it."""

    def __init__(self):
        data = (ROOT / "crates/mind/model/embed-v1.bin").read_bytes()
        version, dims, count, text = np.frombuffer(data, "<u4", 4, 8)
        assert (version, dims) == (1, DIMS)
        at = 24
        self.mean = np.frombuffer(data, "<f4", DIMS, at).astype(np.float64)
        at += 4 * DIMS
        lengths = np.frombuffer(data, "u1", count, at)
        at += int(count)
        letters = data[at: at + int(text)]
        at += int(text)
        at += -(int(count) + int(text)) % 4
        scales = np.frombuffer(data, "<f2", count, at).astype(np.float64)
        at += 2 * int(count) + (-2 * int(count)) % 4
        rows = np.frombuffer(data, "u1", int(count) * DIMS // 2, at).reshape(int(count), DIMS // 2)
        self.rows, self.scales, self.index, start = rows, scales, {}, 0
        for row, length in enumerate(lengths):
            self.index[letters[start: start + int(length)].decode()] = row
            start += int(length)

    def row(self, number):
        packed = self.rows[number]
        return np.concatenate([(packed & 15).astype(np.float64) - 8, (packed >> 4).astype(np.float64) - 8]) * self.scales[number]

    def rows_of(self, word):
        if word in self.index:
            return [self.index[word]]
        if word.isdigit():
            return []
        for end in range(min(len(word), 21) - 1, max(-(-len(word) * 3 // 5), 3) - 1, -1):
            if word[:end] in self.index:
                return [self.index[word[:end]]]
        for at in range(len(word) - 3, 2, -1):
            if word[:at] in self.index and word[at:] in self.index:
                return [self.index[word[:at]], self.index[word[at:]]]
        return []

    def embed(self, text):
        words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in fold(text)).split()
        vector = np.zeros(DIMS)
        for word in words:
            if 1 < len(word) <= 40:
                for row in self.rows_of(word):
                    vector += self.row(row)
        length = np.linalg.norm(vector)
        if length <= 1e-12:
            return np.zeros(DIMS)
        vector = vector / length - self.mean
        length = np.linalg.norm(vector)
        return vector / length if length > 1e-12 else np.zeros(DIMS)
