#!/usr/bin/env python3
"""Learns the weights of mind::recall and writes crates/mind/src/recall/weights.rs.

    cargo run -p mind --example recall_figures -- features crates/mind/fixtures/recall/train_*.txt > features.tsv
    python3 tools/recall/train.py features.tsv [--write]

Two models, both linear. The ranker: a softmax over the sentences of one question, towards those that hold the answer. The confidence: a logistic
regression, over the best sentence of each question, of whether it answers. Both are held near a prior by a ridge, since there are few questions.
Figures are told with each handbook left out in turn (learnt on the others), then the weights are learnt on all.
"""
import argparse
import pathlib
import re

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "crates/mind/src/recall"


def names(file, constant):
    text = (SOURCE / file).read_text()
    block = re.search(constant + r": \[&str; \d+\] = \[(.*?)\];", text, re.S).group(1)
    return re.findall(r'"(\w+)"', block)


RANK = names("features/mod.rs", "RANK_FEATURES")
ABOUT = names("answer.rs", "SURE_FEATURES")

# Where the ridge pulls the ranker to: by hand, from the recipe that was measured on other data.
PRIOR = dict(sentence=1.5, sentence_near=1.0, around=1.0, around_near=1.0, chunk=0.5, chunk_near=0.5, vector=0.5, chunk_vector=0.2, behind=0.3,
             place=0.2, pairs=0.3, holds=0.5, lacks=-0.5, is_heading=-2.0, is_question=-2.0, asked_there=1.0, asked_there_near=1.0, correction=2.0,
             superseded=-4.0, missing_around=-0.5, number=0.5, paragraph_near=0.5, fact_beside=0.3, lacks_strict=-1.0, retired=-1.0)
# Not learnt: what no fixture has enough of.
FIXED = {"correction": 2.0, "superseded": -4.0, "retired": -1.0}


def read(path):
    questions = {}
    for line in open(path):
        book, number, how, there, sentence, quote, slot, wanted, asked, quote_text, *numbers = line.rstrip("\n").split("\t")
        key = (book, int(number), how)
        entry = questions.setdefault(key, dict(book=book, how=how, there=there == "1", wanted=int(wanted), text=asked, quotes=[], rows=[], label=[], slot=[], about=[]))
        numbers = np.array(numbers, dtype=float)
        entry["rows"].append(numbers[: len(RANK)])
        entry["about"].append(numbers[len(RANK):])
        entry["label"].append(1.0 if sentence == "1" else 0.5 if quote == "1" else 0.0)
        entry["slot"].append(int(slot))
        entry["quotes"].append(quote_text)
    for entry in questions.values():
        for name in ("rows", "label", "slot", "about"):
            entry[name] = np.array(entry[name])
    return list(questions.values())


def descend(gradient, start, steps=600, rate=0.05):
    """Adam, which needs no tuning here."""
    weights, first, second = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for step in range(1, steps + 1):
        slope = gradient(weights)
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        weights -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return weights


def learn_rank(questions, ridge):
    prior = np.array([PRIOR.get(name, 0.0) for name in RANK])
    free = np.array([name not in FIXED for name in RANK])
    usable = [q for q in questions if q["there"] and q["label"].max() > 0]

    def gradient(weights):
        total = 2 * ridge * (weights - prior)
        for q in usable:
            scores = q["rows"] @ weights
            odds = np.exp(scores - scores.max())
            target = odds * q["label"]
            total += q["rows"].T @ (odds / odds.sum() - target / target.sum())
        return total * free

    return descend(gradient, prior, steps=300)


def outcome(q, weights):
    """What the confidence sees of a question, and whether the best sentence is right."""
    scores = q["rows"] @ weights
    best = int(np.argmax(scores))
    others = scores[q["slot"] != q["slot"][best]]
    margin = min(scores[best] - others.max(), 4.0) if len(others) else 4.0
    return np.concatenate([[1.0, scores[best], margin], q["rows"][best], q["about"][best]]), float(q["label"][best] > 0 and q["there"])


# What the confidence is learnt from, and which way each may count: few questions would else teach that to have a question's words counts against.
SURE = dict(one=0, score=1, margin=1, sentence_near=1, around_near=1, chunk_near=1, missing_around=-1, missing_chunk=-1, least_met=1, unknown_words=-1,
            strange_words=-1, holds=1, lacks=-1, lacks_strict=-1, asked_there_near=1, vector=1, chunk_vector=1, across=1, words=0, single_word=-1)


def learn_sure(seen, right, weight, ridge):
    names = ["one", "score", "margin", *RANK, *ABOUT]
    places = [names.index(name) for name in SURE]
    least = np.array([0.0 if way > 0 else -np.inf for way in SURE.values()])
    most = np.array([0.0 if way < 0 else np.inf for way in SURE.values()])
    chosen = seen[:, places]
    mean, spread = chosen.mean(axis=0), chosen.std(axis=0) + 0.05
    mean[0], spread[0] = 0.0, 1.0
    scaled = (chosen - mean) / spread
    free = np.arange(len(places)) > 0
    weights, first, second = np.zeros(len(places)), np.zeros(len(places)), np.zeros(len(places))
    for step in range(1, 1001):
        odds = 1 / (1 + np.exp(-(scaled @ weights)))
        slope = scaled.T @ ((odds - right) * weight) + 2 * ridge * weights * free
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        weights -= 0.03 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        weights = np.clip(weights, least, most)
    full = np.zeros(len(names))
    full[places] = weights / spread
    full[0] -= (weights * mean / spread)[1:].sum()
    return full


def learn(questions, ridge_rank, ridge_sure):
    rank = learn_rank(questions, ridge_rank)
    seen, right = map(np.array, zip(*[outcome(q, rank) for q in questions]))
    weight = np.array([dict(plain=1.0, slip=0.5, without=0.5)[q["how"]] for q in questions])
    return rank, learn_sure(seen, right, weight, ridge_sure)


def judge(questions, rank, sure, how="plain"):
    rows = []
    for q in questions:
        if q["how"] == how:
            seen, right = outcome(q, rank)
            rows.append((1 / (1 + np.exp(-(seen @ sure))), right, q["there"], q["wanted"]))
    return rows


def tell(title, rows, thresholds=(0.3, 0.4, 0.5, 0.56, 0.6, 0.62, 0.7)):
    there = [r for r in rows if r[2] and r[3] == 1]
    not_there = [r for r in rows if not r[2]]
    print(f"{title}: {len(there)} + {len(not_there)}; best sentence's quote right {np.mean([r[1] for r in there]) if there else 0:.3f}")
    for threshold in thresholds:
        wholly = np.mean([r[1] and r[0] >= threshold for r in there]) if there else 0
        false = np.mean([r[0] >= threshold for r in not_there]) if not_there else 0
        wrong = np.mean([(not r[1]) and r[0] >= threshold for r in there]) if there else 0
        silent = [r[0] < threshold for r in not_there] + [bool(r[1] and r[0] >= threshold) for r in there]
        print(f"   from {threshold:.2f}: answerable wholly right {wholly:.3f}, answered wrongly {wrong:.3f}, false answers {false:.3f}, all wholly right {np.mean(silent):.3f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("features")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--ridge-rank", type=float, default=1.0)
    parser.add_argument("--ridge-sure", type=float, default=10.0)
    parser.add_argument("--answered", type=float, default=0.62)
    parser.add_argument("--maybe", type=float, default=0.2)
    options = parser.parse_args()
    questions = read(options.features)
    books = sorted({q["book"] for q in questions})
    left_out = {"plain": [], "slip": [], "without": []}
    for book in books:
        rank, sure = learn([q for q in questions if q["book"] != book], options.ridge_rank, options.ridge_sure)
        for how in left_out:
            rows = judge([q for q in questions if q["book"] == book], rank, sure, how)
            left_out[how] += rows
            if how == "plain":
                tell(f"{book} left out", rows, (0.5,))
    for how, rows in left_out.items():
        tell(f"left out, {how}", rows)
    rank, sure = learn(questions, options.ridge_rank, options.ridge_sure)
    tell("learnt on all", judge(questions, rank, sure))
    print("\n".join(f"  {w:8.3f}  {n}" for n, w in zip(RANK, rank)))
    print("\n".join(f"  {w:8.3f}  {n}" for n, w in zip(["one", "score", "margin", *RANK, *ABOUT], sure)))
    if options.write:
        numbers = lambda weights: ", ".join(f"{w:.4f}" for w in weights)
        (SOURCE / "weights.rs").write_text(
            "//! Learnt weights. `tools/recall/train.py` writes this file; `docs/recall.md` says from what and how well.\n\n"
            "use super::answer::SURES;\nuse super::features::RANKS;\n\n"
            "/// From this confidence on an answer is given, unless told otherwise.\n"
            f"pub(super) const ANSWERED: f32 = {options.answered};\n"
            "/// From this confidence on passages are shown, unless told otherwise.\n"
            f"pub(super) const MAYBE: f32 = {options.maybe};\n\n"
            "/// The ranker's weights, by `RANK_FEATURES`.\n"
            f"pub(super) const RANK: [f32; RANKS] = [{numbers(rank)}];\n\n"
            "/// The weights of the confidence: of 1, the score, the margin, `RANK_FEATURES`, `SURE_FEATURES`.\n"
            f"pub(super) const SURE: [f32; SURES] = [{numbers(sure)}];\n"
        )


if __name__ == "__main__":
    main()
