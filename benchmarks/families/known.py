"""Families that are held against what is known of each sample: classes, values, texts, pixels, boxes, itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import mean

import numpy as np
from torch import nn

from benchmarks.families.lab import CATALOG, Family, Lab, measure_of, parts_of
from netdesigner.document import edit
from netdesigner.parts.dataset import FILL, HIDDEN
from netdesigner.training.runs import load_run

_HELD_OUT = "accuracy on the held-out samples"
_SPLITS = range(5)


def logistic(lab: Lab) -> tuple[float, str]:
    """How much of the accuracy the network has more than a logistic regression (C = 1) on the same parts, a mean.

    Of one split 85 samples are held out, so that a single one of them is more than a point.
    """
    from sklearn.linear_model import LogisticRegression

    design = lab.template("mlp-cancer")
    assert design.data is not None
    found: dict[str, list[float]] = {"network": [], "logistic regression": []}
    for split in _SPLITS[: 1 if lab.quick else None]:
        data = design.data.with_params({"split_seed": split})
        run = lab.train(edit.set_data(design, data), f"mlp-cancer-{split}")
        parts = parts_of(run)
        line = LogisticRegression(max_iter=1000).fit(*(values.numpy() for values in parts["train"]))
        found["network"].append(lab.judged(run)["accuracy"])
        found["logistic regression"].append(float(line.score(*(values.numpy() for values in parts["test"]))))
    means = {name: mean(values) for name, values in found.items()}
    told = ", ".join(f"{name} {value:.1%}" for name, value in means.items())
    return means["network"] - means["logistic regression"], f"{told}, {len(found['network'])} splits"


def words(lab: Lab) -> tuple[float, str]:
    """Accuracy on texts, told beside that of a logistic regression on which words are in them."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    run = lab.train(lab.template("cnn-opinions"), "cnn-opinions")
    names, parts = load_run(run, CATALOG).read_data()[1].spec.tokens, parts_of(run)
    texts = {
        part: ["".join(names[token] for token in row if token != FILL) for row in input.tolist()]
        for part, (input, _) in parts.items()
    }
    line = make_pipeline(CountVectorizer(binary=True), LogisticRegression(max_iter=1000))
    line.fit(texts["train"], parts["train"][1].numpy())
    by_words = float(line.score(texts["test"], parts["test"][1].numpy()))
    return lab.judged(run)["accuracy"], f"{len(texts['test']):,} held out; by words alone {by_words:.1%}"


def ridge(lab: Lab) -> tuple[float, str]:
    """How much of R² the network has more than ridge regression (alpha 1) on the same parts."""
    from sklearn.linear_model import Ridge

    run = lab.train(lab.template("mlp-diabetes"), "mlp-diabetes")
    found, parts = lab.judged(run)["r2"], parts_of(run)
    line = Ridge().fit(*(values.numpy() for values in parts["train"]))
    by_line = float(line.score(*(values.numpy() for values in parts["test"])))
    return found - by_line, f"R² {found:.3f}, ridge {by_line:.3f}"


def forecast(template: str) -> Callable[[Lab], tuple[float, str]]:
    """How much better a forecast is than the better of the last value and the last season repeated."""

    def found(lab: Lab) -> tuple[float, str]:
        measures = lab.judged(lab.train(lab.template(template), template))
        last, season = measures["skill_over_last"], measures["skill_over_season"]
        return min(last, season), f"skill {last:.3f} over the last value, {season:.3f} over a season"

    return found


def gaps(lab: Lab) -> tuple[float, str]:
    """Bits a hidden character, as a share of those of the best guess that knows only how often each occurs."""
    run = lab.train(lab.template("bert-base"), "bert-base")
    bits, parts = lab.judged(run)["bits_a_token"], parts_of(run)
    wanted, held_out = (parts[name][1].numpy() for name in ("train", "test"))
    count = int(max(values.max() for values in (wanted, held_out))) + 1
    chances = np.bincount(wanted[wanted >= 0], minlength=count) + 1.0
    by_chance = -np.log2(chances / chances.sum())[held_out[held_out >= 0]].mean()
    return bits / float(by_chance), f"{bits:.2f} bits, unigrams {by_chance:.2f}; hidden are {HIDDEN}"


def components(lab: Lab) -> tuple[float, str]:
    """The squared error of what comes back, as a share of that of as many principal components."""
    from sklearn.decomposition import PCA

    design = lab.template("autoencoder")
    run = lab.train(design, "autoencoder")
    parts = parts_of(run)
    train, test = (parts[name][0].flatten(1).numpy() for name in ("train", "test"))
    plain = PCA(int(design.variables["code"]), random_state=0).fit(train)
    by_components = float(np.square(plain.inverse_transform(plain.transform(test)) - test).mean())
    found = lab.judged(run)["mse"]
    return found / by_components, f"error {found:.4f}, PCA {by_components:.4f}"


def cleaned(lab: Lab) -> tuple[float, str]:
    """The squared error of what is made of noisy samples, as a share of that of as many principal components of them.

    The components are those of samples without noise.
    """
    from sklearn.decomposition import PCA

    design = lab.template("denoising-autoencoder")
    run = lab.train(design, "denoising-autoencoder")
    task, parts = load_run(run, CATALOG).task, parts_of(run)
    train, test = (parts[name][0] for name in ("train", "test"))
    noisy = task.answer(nn.Identity(), test)[:, 0].numpy()
    plain = PCA(int(design.variables["code"]), random_state=0).fit(train.flatten(1).numpy())
    by_components = plain.inverse_transform(plain.transform(noisy)) - test.flatten(1).numpy()
    error, found = float(np.square(by_components).mean()), lab.judged(run)
    told = f"error {found['mse']:.4f}, PCA {error:.4f}, noise removed {found['noise_removed']:.1%}"
    return found["mse"] / error, told


def evidence(lab: Lab) -> tuple[float, str]:
    """The evidence lower bound of the held-out digits in nats, which a uniform guess of each dot would miss."""
    design = lab.template("vae")
    dots = int(design.variables["side"]) ** 2 * int(design.variables["dots"])
    found = lab.judged(lab.train(design, "vae"))
    likelihood, divergence = found["log_likelihood"], found["kl_divergence"]
    parts = f"log likelihood {likelihood:.1f} less divergence {divergence:.1f}"
    return found[
        "elbo"
    ], f"{parts}; a guess of one half for each of {dots:,} dots has {-dots * math.log(2):.0f}"


def _classes(template: str, goal: float) -> Family:
    return Family("classification", template, _HELD_OUT, goal, measure_of("accuracy", template))


FAMILIES = (
    _classes("cnn-digits", 0.98),
    _classes("vit-b16", 0.95),
    _classes("lstm-digits", 0.96),
    _classes("gru-digits", 0.96),
    _classes("mamba-digits", 0.95),
    _classes("spiking-mlp", 0.93),
    Family(
        "classification, binary",
        "mlp-cancer",
        "accuracy less that of logistic regression",
        -0.01,
        logistic,
    ),
    Family(
        "classification, several labels",
        "multilabel-digits",
        "macro F1 on held-out pictures",
        0.9,
        measure_of("f1_macro", "multilabel-digits"),
    ),
    Family("classification of texts", "cnn-opinions", "accuracy on the held-out texts", 0.95, words),
    Family("regression", "mlp-diabetes", "R² less that of ridge regression", 0.0, ridge),
    Family("sequence forecasting", "gru-sunspots", "skill over both repeats", 0.0, forecast("gru-sunspots")),
    Family("sequence forecasting", "tcn-sunspots", "skill over both repeats", 0.0, forecast("tcn-sunspots")),
    _classes("cnn-sounds", 0.97),
    Family(
        "language model",
        "gpt2-small",
        "bits a character on the held-out tenth",
        2.6,
        measure_of("bits_a_character", "gpt2-small"),
        lower=True,
    ),
    Family(
        "masked language model", "bert-base", "bits a gap, as a share of unigrams'", 0.5, gaps, lower=True
    ),
    Family(
        "sequence to sequence",
        "seq2seq",
        "texts exact to the last letter",
        0.95,
        measure_of("exact", "seq2seq"),
    ),
    Family("segmentation", "unet", "mean IoU", 0.85, measure_of("mean_iou", "unet")),
    Family("detection", "yolo", "mAP at an overlap of 0.5", 0.8, measure_of("map_50", "yolo")),
    Family("autoencoder", "autoencoder", "error as a share of PCA's", 1.0, components, lower=True),
    Family(
        "denoising autoencoder",
        "denoising-autoencoder",
        "error as a share of PCA's",
        1.0,
        cleaned,
        lower=True,
    ),
    Family("variational autoencoder", "vae", "ELBO in nats on the held-out samples", -math.inf, evidence),
)
