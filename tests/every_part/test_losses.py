"""What holds for every loss of the shelf, held against torch."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.modules.loss
from torch import Tensor, nn
from torch.nn import functional as F

from netdesigner.document import Choice
from netdesigner.errors import TrainingError
from netdesigner.parts import Catalog, DataSpec, TensorSpec
from netdesigner.parts.loss import CLASSES, VALUES, Span

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
    assert not NOT_HERE.keys() & LOSSES.keys()


def test_every_loss_is_a_choice_of_a_task() -> None:
    offered = {kind for task in CATALOG.tasks for kind in CATALOG.losses_for(Choice(task))}
    assert offered == LOSSES.keys()


def test_the_usual_loss_of_a_task_stands_first_and_its_family_next() -> None:
    assert [*CATALOG.losses_for(Choice("classification"))][:2] == ["CrossEntropyLoss", "NLLLoss"]
    first = [*CATALOG.losses_for(Choice("regression"))][:4]
    assert first == ["MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss"]


@pytest.mark.parametrize("kind", LOSSES)
def test_parameters_and_defaults_are_torchs_own(kind: str) -> None:
    signature = inspect.signature(torchs()[kind].__init__)
    theirs = {name: p.default for name, p in signature.parameters.items() if name not in LEFT_OUT | {"self"}}
    assert {declared.name: declared.default for declared in LOSSES[kind].params()} == theirs


@pytest.mark.parametrize("kind", LOSSES)
def test_a_loss_is_documented(kind: str) -> None:
    loss = LOSSES[kind]
    assert f"torch.nn.{kind}" in (loss.__doc__ or "")
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
}
"""Parameters beside the defaults that each loss is tried with."""


def one_hot(output: Tensor, target: Tensor) -> Tensor:
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
    if kind == "KLDivLoss":
        target = target.log_softmax(1) if params.get("log_target") else target.softmax(1)
    elif loss.targets == Span(0, 1):
        target = (target > 0).float()
    elif loss.targets.low == 0:
        target = target.abs().round()
    return output, target


def theirs(kind: str, params: dict[str, Any], output: Tensor, target: Tensor) -> Tensor:
    tensors = {k: torch.tensor(v) if isinstance(v, tuple) else v for k, v in params.items()}
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
    for seed in range(20):
        output, target = legal(kind, sort, params, seed)
        ours, reference = output.clone().requires_grad_(), output.clone().requires_grad_()
        found = loss.of(loss.build(), ours, target)
        expected = theirs(kind, params, reference, target)
        assert found.ndim == 0
        assert torch.equal(found, expected)
        found.backward()
        expected.backward()
        assert torch.equal(ours.grad, reference.grad)


@pytest.mark.parametrize(("kind", "sort"), CASES)
def test_every_parameter_is_tried_beside_its_default(kind: str, sort: str) -> None:
    named = {name for params in PARAMS.get(kind, []) for name in params}
    assert named == {declared.name for declared in LOSSES[kind].params()}


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

TASKS = {CLASSES: "classification", VALUES: "regression"}
"""For each sort of target a task that learns it."""


def data(sort: str) -> DataSpec:
    if sort == CLASSES:
        return DataSpec(TensorSpec(("N", 6)), TensorSpec(("N",), "int64"), classes=("a", "b", "c", "d"))
    return DataSpec(TensorSpec(("N", 6)), TensorSpec(("N", 4)), targets=("u", "v", "w", "x"))


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
        found = task.step({"network": network}, criterion, input, target)
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
        found = task.step({"network": network}, task.chosen_loss.build(), input, target)
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
    expected = task.step({"network": network}, criterion, input, target)
    on_gpu = {"network": network.cuda()}, criterion.cuda(), input.cuda(), target.cuda()
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
