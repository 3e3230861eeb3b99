"""What holds for every loss of the shelf, held against torch."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.modules.loss
from sklearn.utils.class_weight import compute_class_weight
from torch import Tensor, nn
from torch.nn import functional as F

from netdesigner.document import Choice
from netdesigner.errors import ParameterError, TrainingError
from netdesigner.parts import Catalog, DataSpec, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.dataset import NO_CLASS
from netdesigner.parts.loss import CLASSES, LABELS, VALUES, Span
from netdesigner.parts.part import Param

CATALOG = Catalog.discover()
LOSSES = CATALOG.losses
CASES = [(kind, sort) for kind, loss in LOSSES.items() for sort in loss.learns]

NOT_HERE = {
    "CTCLoss": "its targets are sequences without places, of another length than the output",
    "CosineEmbeddingLoss": "it compares pairs of samples",
    "HingeEmbeddingLoss": "its output is the distance of a pair of samples",
    "LinearCrossEntropyLoss": "it has weights of its own; a Linear before CrossEntropyLoss is the same",
    "MarginRankingLoss": "it compares pairs of samples",
    "NLLLoss2d": "an old name of NLLLoss",
    "TripletMarginLoss": "it compares three samples",
    "TripletMarginWithDistanceLoss": "it compares three samples",
}
"""The losses of torch that no task takes yet, and why."""

OURS = {"FocalLoss", "BinaryFocalLoss"}
"""The losses that torch.nn has not; their numbers are held against their formulas."""

LEFT_OUT = {"size_average", "reduce", "reduction"}
"""A step needs one number that is a mean; the other two are what torch had before `reduction`."""


def torchs() -> dict[str, type[nn.Module]]:
    """Every loss of torch.nn, found in its module."""
    return {
        name: value
        for name, value in vars(torch.nn.modules.loss).items()
        if inspect.isclass(value) and value.__module__ == torch.nn.modules.loss.__name__ and hasattr(nn, name)
    }


def test_every_loss_of_torch_is_here_or_left_out_for_a_stated_reason() -> None:
    known = torchs()
    assert len(known) > 20
    assert known.keys() - LOSSES.keys() == NOT_HERE.keys() & known.keys()
    assert LOSSES.keys() - known.keys() == OURS
    assert not NOT_HERE.keys() & LOSSES.keys()


def test_every_loss_is_a_choice_of_a_task() -> None:
    offered = {kind for task in CATALOG.tasks for kind in CATALOG.losses_for(Choice(task))}
    assert offered == LOSSES.keys()


def test_the_usual_loss_of_a_task_stands_first_and_its_family_next() -> None:
    assert [*CATALOG.losses_for(Choice("classification"))][:2] == ["CrossEntropyLoss", "NLLLoss"]
    assert next(iter(CATALOG.losses_for(Choice("multi_label")))) == "BCEWithLogitsLoss"
    first = [*CATALOG.losses_for(Choice("regression"))][:4]
    assert first == ["MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss"]


@pytest.mark.parametrize("kind", sorted(LOSSES.keys() - OURS))
def test_parameters_and_defaults_are_torchs_own(kind: str) -> None:
    signature = inspect.signature(torchs()[kind].__init__)
    theirs = {name: p.default for name, p in signature.parameters.items() if name not in LEFT_OUT | {"self"}}
    assert {name: declared.default for name, declared in of_torch(kind).items()} == theirs


def of_torch(kind: str) -> dict[str, Param]:
    """The parameters of a loss that its module takes."""
    loss = LOSSES[kind]
    return {declared.name: declared for declared in loss.params() if declared.name not in loss.own}


@pytest.mark.parametrize("kind", LOSSES)
def test_a_loss_is_documented(kind: str) -> None:
    loss = LOSSES[kind]
    assert ("Lin, " if kind in OURS else f"torch.nn.{kind}") in (loss.__doc__ or "")
    assert "Shape:" in (loss.__doc__ or "")
    assert loss.learns
    assert all(declared.help for declared in loss.params())
    assert loss.reduction == ("batchmean" if kind == "KLDivLoss" else "mean")
    needs = loss().expected().needs
    assert not needs or hasattr(nn, needs)
    others = {loss.raw, *(other for _, other in loss.applies.values())} - {""}
    assert others <= LOSSES.keys()


# ------------------------------------------------------------------------------------------------ torch's own number

FOUR = (0.5, 1.0, 2.0, 0.25)
PARAMS: dict[str, list[dict[str, Any]]] = {
    "CrossEntropyLoss": [
        {"weight": FOUR},
        {"label_smoothing": 0.2},
        {"ignore_index": 1},
        {"weight": FOUR, "label_smoothing": 0.1, "ignore_index": 0},
    ],
    "NLLLoss": [{"weight": FOUR}, {"ignore_index": 2}],
    "MultiMarginLoss": [{"p": 2}, {"margin": 0.3}, {"weight": FOUR, "p": 2, "margin": 2.0}],
    "BCEWithLogitsLoss": [{"weight": FOUR}, {"pos_weight": FOUR}, {"weight": FOUR, "pos_weight": FOUR[::-1]}],
    "BCELoss": [{"weight": FOUR}],
    "MultiLabelSoftMarginLoss": [{"weight": FOUR}],
    "SmoothL1Loss": [{"beta": 0.3}, {"beta": 0.0}, {"beta": 4.0}],
    "HuberLoss": [{"delta": 0.3}, {"delta": 4.0}],
    "PoissonNLLLoss": [{"full": True}, {"log_input": False}, {"log_input": False, "eps": 0.1, "full": True}],
    "GaussianNLLLoss": [{"full": True}, {"eps": 0.5}],
    "KLDivLoss": [{"log_target": True}],
    "FocalLoss": [{"gamma": 0.0}, {"gamma": 0.5, "weight": FOUR}, {"weight": FOUR, "ignore_index": 1}],
    "BinaryFocalLoss": [{"alpha": None}, {"alpha": 0.75, "gamma": 1.0}],
}
"""Parameters beside the defaults that each loss is tried with."""


def one_hot(output: Tensor, target: Tensor) -> Tensor:
    """A yes for the true class and a no for the others; labels and values as they are."""
    return F.one_hot(target, output.shape[1]).float() if target.dtype == torch.int64 else target


TARGETS: dict[str, Callable[[Tensor, Tensor], tuple[Tensor, ...]]] = {
    "MultiLabelMarginLoss": lambda output, target: (
        torch.tensor([[t, -1, -1, -1] for t in target.tolist()]),
    ),
    "BCEWithLogitsLoss": lambda output, target: (one_hot(output, target),),
    "BCELoss": lambda output, target: (one_hot(output, target),),
    "SoftMarginLoss": lambda output, target: (one_hot(output, target) * 2 - 1,),
    "MultiLabelSoftMarginLoss": lambda output, target: (one_hot(output, target),),
}
"""What torch's documentation says of targets that are not class numbers or values as they are."""


def legal(kind: str, sort: str, params: dict[str, Any], seed: int, rows: int = 12) -> tuple[Tensor, Tensor]:
    """Random outputs and targets that a loss may meet: four classes, or four values."""
    random = torch.Generator().manual_seed(seed)
    loss = LOSSES[kind](**params)
    (features, *_) = loss.features(4)
    output = 2 * torch.randn(rows, features, generator=random)
    needs = loss.expected().needs
    if needs:
        output = getattr(nn, needs)(**({"dim": 1} if needs == "LogSoftmax" else {}))(output)
    if sort == CLASSES:
        return output, torch.arange(rows) % 4
    target = torch.randn(rows, 4, generator=random)
    if sort == LABELS:
        return output, (target > 0).float()
    if kind == "KLDivLoss":
        target = target.log_softmax(1) if params.get("log_target") else target.softmax(1)
    elif loss.targets == Span(0, 1):
        target = (target > 0).float()
    elif loss.targets.low == 0:
        target = target.abs().round()
    return output, target


def focal(
    output: Tensor,
    target: Tensor,
    gamma: float = 2.0,
    weight: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0),
    ignore_index: int = -100,
) -> Tensor:
    """Sample by sample, as equation 5 of the paper says it."""
    total, counts = output.new_zeros(()), 0.0
    for scores, true in zip(output, target.tolist(), strict=True):
        if true != ignore_index:
            p = scores.softmax(0)[true]
            total = total - weight[true] * (1 - p) ** gamma * p.log()
            counts += weight[true]
    return total / counts


def binary_focal(output: Tensor, target: Tensor, alpha: float | None = 0.25, gamma: float = 2.0) -> Tensor:
    """Number by number, as equation 5 of the paper says it."""
    total = output.new_zeros(())
    for score, true in zip(output.flatten(), one_hot(output, target).flatten().tolist(), strict=True):
        p = score.sigmoid() if true else 1 - score.sigmoid()
        counts = 1.0 if alpha is None else alpha if true else 1 - alpha
        total = total - counts * (1 - p) ** gamma * p.log()
    return total / output.numel()


FORMULAS: dict[str, Callable[..., Tensor]] = {"FocalLoss": focal, "BinaryFocalLoss": binary_focal}


def theirs(kind: str, params: dict[str, Any], output: Tensor, target: Tensor) -> Tensor:
    tensors = {k: torch.tensor(v) if isinstance(v, tuple) else v for k, v in params.items()}
    if kind in OURS:
        return FORMULAS[kind](output, target, **params)
    criterion = torchs()[kind](**tensors, reduction="batchmean" if kind == "KLDivLoss" else "mean")
    if kind == "GaussianNLLLoss":
        return criterion(output[:, :4], target, output[:, 4:])
    return criterion(output, *TARGETS.get(kind, lambda output, target: (target,))(output, target))


def tried() -> Iterator[Any]:
    for kind, sort in CASES:
        for params in ({}, *PARAMS.get(kind, [])):
            yield pytest.param(kind, sort, params, id=f"{kind} of {sort} {params or ''}")


@pytest.mark.parametrize(("kind", "sort", "params"), [*tried()])
def test_number_and_gradient_are_torchs_own(kind: str, sort: str, params: dict[str, Any]) -> None:
    loss = LOSSES[kind](**params)
    same = torch.testing.assert_close if kind in OURS else exactly
    for seed in range(3 if kind in OURS else 20):
        output, target = legal(kind, sort, params, seed)
        ours, reference = output.clone().requires_grad_(), output.clone().requires_grad_()
        found = loss.of(loss.build(), ours, target)
        expected = theirs(kind, params, reference, target)
        assert found.ndim == 0
        same(found, expected)
        found.backward()
        expected.backward()
        same(ours.grad, reference.grad)


def exactly(found: Tensor | None, expected: Tensor | None) -> None:
    assert torch.equal(found, expected)


@pytest.mark.parametrize(("kind", "sort"), CASES)
def test_every_parameter_is_tried_beside_its_default(kind: str, sort: str) -> None:
    named = {name for params in PARAMS.get(kind, []) for name in params}
    assert named == of_torch(kind).keys()


@pytest.mark.parametrize("kind", ["BCEWithLogitsLoss", "BCELoss", "SoftMarginLoss"])
def test_two_classes_need_one_number_which_is_for_the_second(kind: str) -> None:
    loss = LOSSES[kind]()
    assert loss.features(2) == (1, 2)
    output, target = torch.tensor([[0.9], [0.2], [0.7]]), torch.tensor([1, 0, 0])
    marks = torch.tensor([[1.0], [0.0], [0.0]])
    expected = torchs()[kind]()(output, 2 * marks - 1 if kind == "SoftMarginLoss" else marks)
    assert torch.equal(loss.of(loss.build(), output, target), expected)
    scores = loss.scores(output)
    assert scores.shape == (3, 2)
    likely = output if kind == "BCELoss" else output.sigmoid()
    torch.testing.assert_close(scores.softmax(1)[:, 1:], likely)


def test_lists_of_numbers_move_with_the_module_and_are_no_weights() -> None:
    built = LOSSES["CrossEntropyLoss"](weight=(1.0, 2.0)).build()
    assert [name for name, _ in built.named_buffers()] == ["weight"]
    assert not list(built.parameters())


# ------------------------------------------------------------------------------------------------------ with a task

TASKS = {CLASSES: "classification", VALUES: "regression", LABELS: "multi_label"}
"""For each sort of target a task that learns it."""


def data(sort: str) -> DataSpec:
    if sort == CLASSES:
        return DataSpec(TensorSpec(("N", 6)), TensorSpec(("N",), "int64"), classes=("a", "b", "c", "d"))
    return DataSpec(TensorSpec(("N", 6)), TensorSpec(("N", 4)), targets=("u", "v", "w", "x"))  # or labels


class Head(nn.Module):
    """What a network for a loss ends with: a Linear, and behind it the layer that the loss needs."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        loss = LOSSES[kind]()
        (features, *_) = loss.features(4)
        torch.manual_seed(0)
        self.linear = nn.Linear(6, features)
        self.last = getattr(nn, loss.expected().needs or "Identity")()
        self.halved = kind == "GaussianNLLLoss"
        if isinstance(self.last, nn.LogSoftmax):
            self.last = nn.LogSoftmax(1)

    def forward(self, x: Tensor) -> Tensor:
        output = self.linear(x)
        if self.halved:
            return torch.cat([output[:, :4], self.last(output[:, 4:])], 1)
        return self.last(output)


@pytest.mark.parametrize(("kind", "sort"), CASES)
def test_a_task_learns_by_it(kind: str, sort: str) -> None:
    task = CATALOG.task(Choice(TASKS[sort]), loss=Choice(kind))
    network, criterion = Head(kind), task.chosen_loss.build()
    _, target = legal(kind, sort, {}, 1, 40)
    input = torch.randn(40, 6, generator=torch.Generator().manual_seed(2))
    optimizer = torch.optim.SGD(network.parameters(), 0.02)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        found = task.step({"network": network}, criterion, Pair(input, target))
        assert list(found) == [curve.name for curve in task.curves]
        found["loss"].backward()
        optimizer.step()
        losses.append(found["loss"].item())
    assert losses[-1] < losses[0]
    with torch.no_grad():
        output = network(input).numpy()
    measures, previews = task.judge(output, target.numpy(), data(sort))
    assert all(np.isfinite(value) for value in measures.values())
    assert previews
    assert np.isfinite(task.errors(output, target.numpy())).all()
    task.caption(output[0], target.numpy()[0], data(sort))


@pytest.mark.parametrize("precision", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize(("kind", "sort"), CASES)
def test_a_shorter_precision_computes_the_loss_in_float32(
    kind: str, sort: str, precision: torch.dtype
) -> None:
    task = CATALOG.task(Choice(TASKS[sort]), loss=Choice(kind))
    network = Head(kind)
    _, target = legal(kind, sort, {}, 1)
    input = torch.randn(12, 6, generator=torch.Generator().manual_seed(2))
    with torch.autocast("cpu", dtype=precision):
        found = task.step({"network": network}, task.chosen_loss.build(), Pair(input, target))
        assert network(input).dtype in (precision, torch.float32)
    assert found["loss"].dtype == torch.float32
    found["loss"].backward()
    assert network.linear.weight.grad.abs().sum() > 0


@pytest.mark.cuda
@pytest.mark.parametrize(("kind", "sort"), CASES)
def test_a_gpu_gives_the_same_number_also_where_it_chooses_the_precision(kind: str, sort: str) -> None:
    task = CATALOG.task(
        Choice(TASKS[sort]), loss=Choice(kind, {"weight": FOUR} if LOSSES[kind]().lists else {})
    )
    criterion, network = task.chosen_loss.build(), Head(kind)
    _, target = legal(kind, sort, {}, 1)
    input = torch.randn(12, 6, generator=torch.Generator().manual_seed(2))
    expected = task.step({"network": network}, criterion, Pair(input, target))
    on_gpu = {"network": network.cuda()}, criterion.cuda(), Pair(input.cuda(), target.cuda())
    found = task.step(*on_gpu)
    for name, value in expected.items():
        torch.testing.assert_close(found[name].cpu(), value)
    with torch.autocast("cuda", dtype=torch.float16):
        assert torch.isfinite(task.step(*on_gpu)["loss"])


@pytest.mark.parametrize(("kind", "sort"), CASES)
def test_what_a_loss_needs_before_it_suits_it(kind: str, sort: str) -> None:
    task = CATALOG.task(Choice(TASKS[sort]), loss=Choice(kind))
    loss = task.chosen_loss
    needed = loss.expected().needs or "Linear"
    (features, *_) = loss.features(4)
    assert task.misfits(TensorSpec(("N", features)), data(sort), needed) == ()
    assert not [*loss.misfits(features, "SomethingElse")]
    assert task.misfits(TensorSpec(("N", features + 1)), data(sort), needed)[0].features == features


def test_what_the_shortest_way_to_a_wrong_loss_gives_is_told() -> None:
    """The losses that need a layer of their own refuse scores, and those that apply one refuse it twice."""
    said = {kind: [m.code for m in LOSSES[kind]().misfits(4, "Linear")] for kind in LOSSES}
    refuse = {kind for kind, codes in said.items() if codes == ["ND423"]}
    assert refuse == {kind for kind in LOSSES if LOSSES[kind]().expected().needs}
    assert all(codes in ([], ["ND423"]) for codes in said.values())
    twice = {kind: [m.code for m in LOSSES[kind]().misfits(4, "Softmax")] for kind in LOSSES}
    assert {kind for kind, codes in twice.items() if not codes} == {"BCELoss", "GaussianNLLLoss"}


# ---------------------------------------------------------------------------------------------------------- balance

BALANCING = [kind for kind, loss in LOSSES.items() if "class_weights" in loss.own]


def test_the_losses_that_weigh_classes_can_take_the_weights_from_the_data() -> None:
    assert BALANCING == ["BCEWithLogitsLoss", "CrossEntropyLoss", "NLLLoss", "FocalLoss", "MultiMarginLoss"]


@pytest.mark.parametrize("kind", [kind for kind in BALANCING if kind != "BCEWithLogitsLoss"])
@pytest.mark.parametrize("shape", [(-1,), (2, -1), (2, 3, -1)])
def test_balanced_weights_are_those_of_scikit_learn(kind: str, shape: tuple[int, ...]) -> None:
    target = np.repeat([0, 1, 3], [3, 6, 15])
    fitted = LOSSES[kind](class_weights="balanced").fitted(target.reshape(shape), 4)
    theirs = compute_class_weight("balanced", classes=np.array([0, 1, 3]), y=target)
    assert fitted == LOSSES[kind](weight=(theirs[0], theirs[1], 1.0, theirs[2]))
    assert LOSSES[kind]().fitted(target, 4) == LOSSES[kind]()


@pytest.mark.parametrize("kind", ["CrossEntropyLoss", "FocalLoss", "NLLLoss"])
@pytest.mark.parametrize("ignored", [-100, 1])
def test_a_batch_that_is_passed_over_whole_changes_nothing(kind: str, ignored: int) -> None:
    loss = LOSSES[kind](ignore_index=ignored)
    output = torch.randn(4, 3).log_softmax(1).requires_grad_()
    found = loss.of(loss.build(), output, torch.full((4,), ignored))
    found.backward()  # type: ignore[no-untyped-call]
    assert float(found.detach()) == 0.0
    assert output.grad is not None
    assert not output.grad.any()


@pytest.mark.parametrize("weight", [None, (1.0, 4.0, 9.0)])
@pytest.mark.parametrize("kind", ["CrossEntropyLoss", "FocalLoss", "NLLLoss", "MultiMarginLoss"])
def test_the_losses_of_batches_make_up_that_of_all_by_how_much_they_count(
    kind: str, weight: tuple[float, ...] | None
) -> None:
    loss = LOSSES[kind](weight=weight)
    module, output = loss.build(), torch.randn(9, 3).log_softmax(1)
    target = torch.tensor([0, 0, 0, 1, 0, 2, 2, 1, 2])
    if loss.passes_over:
        target[4:6] = NO_CLASS
    cuts = slice(0, 3), slice(3, 9)
    parts = [float(loss.of(module, output[cut], target[cut])) for cut in cuts]
    counts = [float(loss.counted(module, target[cut])) for cut in cuts]
    whole = sum(part * count for part, count in zip(parts, counts, strict=True)) / sum(counts)
    assert whole == pytest.approx(float(loss.of(module, output, target)), rel=1e-5)


@pytest.mark.parametrize("params", [{}, {"ignore_index": 2}])
def test_what_does_not_count_is_not_counted(params: dict[str, int]) -> None:
    target = np.array([0, 0, 0, 1, -100, -100, 2, 2])
    weight = (
        LOSSES["CrossEntropyLoss"](class_weights="balanced", **params).fitted(target, 3).values()["weight"]
    )
    assert weight == pytest.approx((4 / 6, 4 / 2, 1.0) if params else (6 / 9, 6 / 3, 6 / 6))


def test_a_yes_counts_as_many_times_as_often_as_a_no_is_true() -> None:
    loss = LOSSES["BCEWithLogitsLoss"](class_weights="balanced")
    labels = np.array([[1, 0, 1, 0], [0, 0, 1, 0], [0, 0, 1, 1], [0, 1, 1, 1]], np.float32)
    assert loss.fitted(labels, 4).values()["pos_weight"] == (3.0, 3.0, 1.0, 1.0)
    assert loss.fitted(np.array([0, 0, 0, 1, 2, 2]), 3).values()["pos_weight"] == (1.0, 5.0, 2.0)


def test_balanced_weights_of_two_classes_suit_one_number_and_two() -> None:
    loss = LOSSES["BCEWithLogitsLoss"](class_weights="balanced").fitted(np.array([0, 0, 0, 1]), 2)
    target = torch.tensor([1, 0])
    one, two = torch.tensor([[0.4], [-0.3]]), torch.tensor([[0.1, 0.4], [0.2, -0.3]])
    expected = F.binary_cross_entropy_with_logits(
        one, target[:, None].float(), pos_weight=torch.tensor([3.0])
    )
    assert torch.equal(loss.of(loss.build(), one, target), expected)
    doubled = LOSSES["BCEWithLogitsLoss"](class_weights="balanced", weight=(2.0,)).fitted(
        np.array([0, 0, 0, 1]), 2
    )
    torch.testing.assert_close(doubled.of(doubled.build(), one, target), 2 * expected)
    weights = torch.tensor([1 / 3, 3.0])
    expected = F.binary_cross_entropy_with_logits(two, one_hot(two, target), pos_weight=weights)
    assert torch.equal(loss.of(loss.build(), two, target), expected)


@pytest.mark.parametrize("kind", BALANCING)
def test_weights_are_set_or_taken_from_the_data_but_not_both(kind: str) -> None:
    name = "pos_weight" if kind == "BCEWithLogitsLoss" else "weight"
    with pytest.raises(ParameterError, match=f"class_weights: expected none beside {name}"):
        LOSSES[kind](**{"class_weights": "balanced", name: FOUR})


def test_a_focal_loss_has_a_slope_where_an_answer_could_not_be_righter() -> None:
    for kind, target in (("FocalLoss", torch.tensor([0])), ("BinaryFocalLoss", torch.tensor([[1.0, 0.0]]))):
        loss = LOSSES[kind](gamma=0.5)
        output = torch.tensor([[200.0, -200.0]], requires_grad=True)
        loss.of(loss.build(), output, target).backward()
        assert torch.isfinite(output.grad).all()


# ---------------------------------------------------------------------------------------------------------- targets


@pytest.mark.parametrize(
    ("kind", "target", "said"),
    [
        ("BCEWithLogitsLoss", [[0.0, 3.0]], "learns values between 0 and 1, and the targets go from 0 to 3"),
        ("BCELoss", [[-0.5, 1.0]], "the targets go from -0.5 to 1"),
        ("PoissonNLLLoss", [[4.0, -1.0]], "learns values of 0 and more, and the targets go from -1 to 4"),
        ("KLDivLoss", [[0.5, 0.5], [0.5, 0.6]], "those of one sample sum to 1.1"),
        ("KLDivLoss", [[1.5, -0.5]], "shares that are 0 or more"),
    ],
)
def test_targets_that_a_loss_cannot_learn_are_told(kind: str, target: list[list[float]], said: str) -> None:
    with pytest.raises(TrainingError, match=said) as caught:
        LOSSES[kind]().check_targets(np.array(target, dtype=np.float32))
    assert kind in str(caught.value)
    assert caught.value.advice


@pytest.mark.parametrize(("kind", "sort"), CASES)
def test_targets_that_it_can_learn_are_let_pass(kind: str, sort: str) -> None:
    LOSSES[kind]().check_targets(legal(kind, sort, {}, 3)[1].numpy())


def test_logarithms_of_shares_are_held_against_one_too() -> None:
    loss = LOSSES["KLDivLoss"](log_target=True)
    loss.check_targets(np.log(np.array([[0.25, 0.75]])))
    with pytest.raises(TrainingError, match="logarithms of shares that sum to 1"):
        loss.check_targets(np.array([[0.25, 0.75]]))


def test_a_variance_below_zero_ends_the_step_with_what_to_do() -> None:
    loss = LOSSES["GaussianNLLLoss"]()
    with pytest.raises(TrainingError, match=r"variances of 0 and more, and the network gave -0\.5") as caught:
        loss.of(loss.build(), torch.tensor([[1.0, -0.5]], requires_grad=True), torch.tensor([[1.0]]))
    assert "Softplus" in caught.value.advice[0]
