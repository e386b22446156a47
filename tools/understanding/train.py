#!/usr/bin/env python3
"""Learns which acts a sentence performs and writes crates/mind/model/acts-v1.bin.

    python3.11 -m venv ../../.cache/understanding && ../../.cache/understanding/bin/pip install -r requirements.txt
    ../../.cache/understanding/bin/python train.py [--write]

One logistic regression for each act over hashed words, pieces of words and the static vector. Figures are told for sentences whose template was left
out; the probabilities are calibrated on those sentences, too. With --write the weights of all sentences are rounded to eight bits and written.
"""
import argparse
import hashlib
import struct

import numpy as np
import scipy.sparse

import corpus
import features

FOLDS = 5
STEPS = 60
MEMORY = 8
RIDGE = 5e-6
PIECES = 0.7
VECTOR = 0.6
TARGET = features.ROOT / "crates/mind/model/acts-v1.bin"


def matrix(texts):
    """One row of numbers for each sentence: words, pieces of words, the static vector, and a one for the bias."""
    vectors = features.Vectors()
    columns, values, starts = [], [], [0]
    for text in texts:
        words, pieces = features.hashed(features.tokens(text))
        for buckets, weight in ((words, 1.0), (pieces, PIECES)):
            columns.extend(buckets)
            values.extend([weight / max(len(buckets), 1) ** 0.5] * len(buckets))
        columns.extend(range(features.BUCKETS, features.BUCKETS + features.DIMS + 1))
        values.extend(vectors.embed(text) * VECTOR)
        values.append(1.0)
        starts.append(len(columns))
    shape = len(texts), features.BUCKETS + features.DIMS + 1
    rows = scipy.sparse.csr_matrix((np.array(values), np.array(columns, np.int32), np.array(starts)), shape=shape)
    rows.sum_duplicates()
    return rows


def learn(rows, labels, weights):
    """Logistic regressions with a ridge, by L-BFGS over all acts at once: the same steps every time."""
    across = rows.T.tocsr()
    total = weights.sum()
    spread = np.full((rows.shape[1], 1), RIDGE)
    spread[-1] = 0

    def at(state):
        raw = rows @ state
        loss = (weights[:, None] * (np.logaddexp(0, raw) - labels * raw)).sum() / total + 0.5 * (spread * state * state).sum()
        slope = across @ ((1 / (1 + np.exp(-raw)) - labels) * weights[:, None] / total) + spread * state
        return loss, slope

    state = np.zeros((rows.shape[1], labels.shape[1]))
    state[-1] = -2.0
    loss, slope = at(state)
    moves, bends = [], []
    for _ in range(STEPS):
        way, shares = slope.copy(), []
        for move, bend in zip(reversed(moves), reversed(bends)):
            share = (move * way).sum() / (move * bend).sum()
            shares.append(share)
            way -= share * bend
        if moves:
            way *= (moves[-1] * bends[-1]).sum() / (bends[-1] * bends[-1]).sum()
        for move, bend, share in zip(moves, bends, reversed(shares)):
            way += (share - (bend * way).sum() / (move * bend).sum()) * move
        step = 1.0
        while True:
            after, slope_after = at(state - step * way)
            if after <= loss - 1e-4 * step * (way * slope).sum() or step < 1e-6:
                break
            step /= 2
        move, bend = -step * way, slope_after - slope
        if (move * bend).sum() > 1e-12:
            moves, bends = [*moves, move][-MEMORY:], [*bends, bend][-MEMORY:]
        state, loss, slope = state + move, after, slope_after
    return state


def calibrate(raw, labels, weights):
    """Platt: p = 1 / (1 + exp(-(a * raw + b))), by Newton's method with steps that only go down."""
    found = []
    for act in range(labels.shape[1]):
        x, y, state = raw[:, act].astype(float), labels[:, act].astype(float), np.array([0.5, -1.0])

        def loss(state):
            told = state[0] * x + state[1]
            return (weights * (np.logaddexp(0, told) - y * told)).sum()

        for _ in range(50):
            p = 1 / (1 + np.exp(-(state[0] * x + state[1])))
            d, h = weights * (p - y), weights * p * (1 - p)
            slope = np.array([(d * x).sum(), d.sum()])
            bend = np.array([[(h * x * x).sum(), (h * x).sum()], [(h * x).sum(), h.sum()]]) + 1e-6 * np.eye(2)
            change, step = np.linalg.solve(bend, slope), 1.0
            while loss(state - step * change) > loss(state) and step > 1e-6:
                step /= 2
            state = state - step * change
        found.append(state)
    return np.array(found)


def balance(raw, labels, weights, platt):
    """Moves each bias so that a half is where precision and recall are best together: what is rare is told late otherwise."""
    moved = platt.copy()
    for act in range(labels.shape[1]):
        order = np.argsort(-raw[:, act], kind="stable")
        hits = np.cumsum(weights[order] * labels[order, act])
        told = np.cumsum(weights[order])
        best = raw[order[np.argmax(2 * hits / (told + hits[-1]))], act]
        moved[act, 1] = -platt[act, 0] * best
    return moved


def figures(probable, labels, weights, languages):
    """Precision and recall at a half, the mean error of the probability, and the share that is told with more than .8 or less than .2."""
    print(f"{'act':10} {'n':>6} {'precision':>9} {'recall':>7} {'brier':>6}  recall by language")
    for act, name in enumerate(corpus.ACTS):
        p, y = probable[:, act], labels[:, act] > 0
        hit = p >= 0.5
        precision = (weights * (hit & y)).sum() / max((weights * hit).sum(), 1e-9)
        recall = (weights * (hit & y)).sum() / max((weights * y).sum(), 1e-9)
        brier = (weights * (p - y) ** 2).sum() / weights.sum()
        by = []
        for language in ("en", "es", "pt", "fr", "de", "it"):
            mine = y & (languages == language)
            if mine.any():
                by.append(f"{language} {(weights * (hit & mine)).sum() / (weights * mine).sum():.2f}")
        print(f"{name:10} {int(y.sum()):6} {precision:9.3f} {recall:7.3f} {brier:6.3f}  {' '.join(by)}")


def write(state, platt):
    """Little-endian: IFACTS\\0\\0, u32 version, acts, bits, dims; for each act f32 scale and bias; then i8 by bucket and act, and i8 by component and act."""
    sparse, dense, bias = state[: features.BUCKETS], state[features.BUCKETS: -1], state[-1]
    scale = platt[:, 0]
    sparse, dense, bias = sparse * scale, dense * scale * VECTOR, bias * scale + platt[:, 1]
    step = np.maximum(np.abs(sparse).max(axis=0), 1e-9) / 127
    dense_step = np.maximum(np.abs(dense).max(axis=0), 1e-9) / 127
    data = b"IFACTS\0\0" + struct.pack("<4I", 1, len(corpus.ACTS), features.BITS, features.DIMS)
    for row in (step, dense_step, bias):
        data += row.astype("<f4").tobytes()
    data += np.rint(sparse / step).astype(np.int8).tobytes() + np.rint(dense / dense_step).astype(np.int8).tobytes()
    TARGET.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    TARGET.with_suffix(".bin.sha256").write_text(f"{digest}  {TARGET.name}\n")
    print(f"{TARGET.name}: {len(data)} bytes, {digest}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--write", action="store_true")
    arguments = arguments.parse_args()
    samples = corpus.samples(FOLDS)
    folds = np.array([fold for *_, fold in samples])
    languages = np.array([language for _, language, *_ in samples])
    labels = np.array([[act in acts for act in corpus.ACTS] for acts, *_ in samples], np.float32)
    # A template with many sentences does not count as often as that.
    kinds = {}
    for acts, language, *_ in samples:
        kinds[acts, language] = kinds.get((acts, language), 0) + 1
    weights = np.array([kinds[acts, language] ** -0.4 for acts, language, *_ in samples])
    weights *= len(samples) / weights.sum()
    rows = matrix([text for _, _, text, _ in samples])
    raw = np.zeros(labels.shape)
    for fold in range(FOLDS):
        taught, asked = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        raw[asked] = rows[asked] @ learn(rows[taught], labels[taught], weights[taught])
    platt = balance(raw, labels, weights, calibrate(raw, labels, weights))
    print(f"{len(samples)} sentences of {sum(1 for _ in corpus.lines())} templates")
    figures(1 / (1 + np.exp(-np.clip(raw * platt[:, 0] + platt[:, 1], -50, 50))), labels, weights, languages)
    if arguments.write:
        write(learn(rows, labels, weights), platt)


if __name__ == "__main__":
    main()
