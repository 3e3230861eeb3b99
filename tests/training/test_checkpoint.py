from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netdesigner.errors import FileError, TrainingError
from netdesigner.optimizers.adam import AdamW
from netdesigner.optimizers.gradient import SGD
from netdesigner.parts import Catalog
from netdesigner.training import checkpoint
from netdesigner.training.checkpoint import Saved

OPTIMIZERS = Catalog.discover().optimizers


def saved(number: float = 1.0) -> Saved:
    return Saved({"fc.weight": torch.full((2, 3), number)}, {"step": 7}, {"random.cpu": torch.arange(4)})


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    checkpoint.write(tmp_path / "checkpoint-last", saved())
    found = checkpoint.read(tmp_path / "checkpoint-last")
    assert torch.equal(found.weights["fc.weight"], saved().weights["fc.weight"])
    assert torch.equal(found.tensors["random.cpu"], torch.arange(4))
    assert found.state == {"step": 7}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-last"]


def test_only_safetensors_and_json_are_written(tmp_path: Path) -> None:
    checkpoint.write(tmp_path / "c", saved())
    assert sorted(p.name for p in (tmp_path / "c").iterdir()) == [
        "model.safetensors",
        "optimizer.safetensors",
        "state.json",
    ]


def _no_space(*given: object, **named: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def _full(path: object) -> Any:
    return type("Usage", (), {"total": 1, "free": 0})()


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("netdesigner.training.checkpoint.save_file", _no_space),
        ("os.fsync", _no_space),
        ("json.dumps", _no_space),
        ("shutil.disk_usage", _full),
    ],
)
def test_a_failed_write_keeps_the_checkpoint_before_and_leaves_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, broken: Callable[..., Any]
) -> None:
    folder = tmp_path / "checkpoint-last"
    checkpoint.write(folder, saved(1.0))
    with monkeypatch.context() as patch:
        patch.setattr(name, broken)
        with pytest.raises(FileError, match="not saved"):
            checkpoint.write(folder, saved(2.0))
    assert checkpoint.read(folder).weights["fc.weight"][0, 0] == 1.0
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-last"]


def test_tensors_that_the_disk_did_not_keep_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "checkpoint-last"
    checkpoint.write(folder, saved(1.0))
    write = checkpoint.save_file

    def forget(tensors: dict[str, Tensor], path: Path) -> None:
        write({name: torch.zeros_like(tensor) for name, tensor in tensors.items()}, path)

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "save_file", forget)
        with pytest.raises(FileError, match=r"not saved \(the disk did not keep what was written\)"):
            checkpoint.write(folder, saved(2.0))
    assert checkpoint.read(folder).weights["fc.weight"][0, 0] == 1.0


def test_numbers_that_are_none_are_kept(tmp_path: Path) -> None:
    weights = {"odd": torch.tensor([float("nan"), -0.0]), "no": torch.zeros(0, 3), "one": torch.tensor(True)}
    checkpoint.write(tmp_path / "c", Saved(weights, {"step": 0}))
    assert checkpoint.read(tmp_path / "c").weights["odd"].isnan()[0]


def test_a_crash_between_the_two_renames_loses_nothing(tmp_path: Path) -> None:
    checkpoint.write(tmp_path / "checkpoint-last", saved())
    (tmp_path / "checkpoint-last").rename(tmp_path / ".checkpoint-last.old")
    found = checkpoint.find(tmp_path, "last")
    assert found is not None
    assert checkpoint.read(found).state == {"step": 7}
    checkpoint.write(tmp_path / "checkpoint-last", saved(2.0))
    assert checkpoint.find(tmp_path, "last") == tmp_path / "checkpoint-last"


def test_a_half_written_checkpoint_is_not_found_and_is_cleared_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".checkpoint-last.new").mkdir()
    (tmp_path / ".checkpoint-last.new" / "model.safetensors").write_bytes(b"half")
    assert checkpoint.find(tmp_path, "last") is None
    checkpoint.write(tmp_path / "checkpoint-last", saved())
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-last"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.safetensors", b"\x80\x04\x95 no tensors"),
        ("optimizer.safetensors", b""),
        ("state.json", b"[1]"),
        ("state.json", b"{"),
        ("state.json", b"[" * 100_000),
    ],
)
def test_a_damaged_checkpoint_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes) -> None:
    checkpoint.write(tmp_path / "c", saved())
    (tmp_path / "c" / name).write_bytes(content)
    with pytest.raises(FileError, match="damaged") as refused:
        checkpoint.read(tmp_path / "c")
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    checkpoint.write(tmp_path / "c", saved())
    (tmp_path / "c" / "model.safetensors").unlink()
    with pytest.raises(FileError, match=r"cannot be read|damaged"):
        checkpoint.read(tmp_path / "c")


def test_tensors_that_share_memory_are_kept_whole(tmp_path: Path) -> None:
    base = torch.arange(12.0).reshape(3, 4)
    weights = {"a": base, "b": base, "row": base[1], "turned": base.t()}
    checkpoint.write(tmp_path / "c", Saved(weights, {"step": 0}))
    found = checkpoint.read(tmp_path / "c").weights
    assert all(torch.equal(found[name], tensor) for name, tensor in weights.items())


# -- weights ----------------------------------------------------------------------------------------------------------


def two_layers() -> nn.Module:
    module = nn.Sequential()
    module.add_module("conv", nn.Conv2d(1, 2, 3))
    module.add_module("norm", nn.BatchNorm2d(2))
    return module


def test_weights_are_copied_with_their_buffers() -> None:
    source, target = two_layers(), two_layers()
    source(torch.randn(4, 1, 5, 5))
    checkpoint.fill({"network": target}, checkpoint.weights_of({"network": source}))
    assert all(
        torch.equal(a, b)
        for a, b in zip(source.state_dict().values(), target.state_dict().values(), strict=True)
    )


def test_several_networks_keep_their_weights_apart() -> None:
    weights = checkpoint.weights_of({"generator": nn.Linear(1, 1), "critic": nn.Linear(1, 1)})
    assert sorted(weights) == ["critic.bias", "critic.weight", "generator.bias", "generator.weight"]


@pytest.mark.parametrize(
    ("change", "message", "node"),
    [
        (lambda w: w.pop("conv.bias"), "has no 'conv.bias'", "conv"),
        (
            lambda w: w.update({"conv.weight": torch.ones(4, 1, 3, 3)}),
            r"'conv.weight' is \[2, 1, 3, 3\]",
            "conv",
        ),
        (lambda w: w.update({"norm.weight": torch.ones(2).double()}), "float64 in the checkpoint", "norm"),
        (
            lambda w: w.update({"head.weight": torch.ones(1)}),
            "has 'head.weight', which the network no longer",
            "head",
        ),
    ],
)
def test_weights_of_another_network_are_refused_before_any_is_copied(
    change: Callable[[dict[str, Tensor]], Any], message: str, node: str
) -> None:
    module = two_layers()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    weights = {name: tensor + 1 for name, tensor in before.items()}
    change(weights)
    with pytest.raises(TrainingError, match=message) as refused:
        checkpoint.fill({"network": module}, weights)
    assert refused.value.node == node
    assert all(torch.equal(before[name], tensor) for name, tensor in module.state_dict().items())


# -- optimizers -------------------------------------------------------------------------------------------------------


def problem() -> tuple[nn.Module, Callable[[torch.optim.Optimizer], None]]:
    torch.manual_seed(0)
    network, source = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)), torch.randn(8, 4)

    def step(optimizer: torch.optim.Optimizer) -> None:
        optimizer.zero_grad()
        network(source).square().sum().backward()
        optimizer.step()

    return network, step


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_every_optimizer_goes_on_as_if_nothing_had_happened(tmp_path: Path, kind: str) -> None:
    network, step = problem()
    optimizer = OPTIMIZERS[kind]().build(network.parameters(), 0.05)
    for _ in range(3):
        step(optimizer)
    tensors, plain = checkpoint.optimizer_state([optimizer])
    kept = Saved(checkpoint.weights_of({"n": network}), {"plain": plain}, tensors)
    checkpoint.write(tmp_path / "c", kept)
    for _ in range(3):
        step(optimizer)
    straight = [p.detach().clone() for p in network.parameters()]

    network, step = problem()
    optimizer = OPTIMIZERS[kind]().build(network.parameters(), 0.05)
    back = checkpoint.read(tmp_path / "c")
    checkpoint.fill({"n": network}, back.weights)
    checkpoint.restore_optimizer([optimizer], back.tensors, back.state["plain"])
    for _ in range(3):
        step(optimizer)
    assert all(torch.equal(a, b) for a, b in zip(straight, network.parameters(), strict=True))


def test_a_changed_learning_rate_is_not_overwritten_by_the_memory() -> None:
    network, step = problem()
    first = AdamW().build(network.parameters(), 0.05)
    step(first)
    second = AdamW().build(network.parameters(), 0.001)
    checkpoint.restore_optimizer([second], *checkpoint.optimizer_state([first]))
    assert second.param_groups[0]["lr"] == 0.001
    assert len(second.state) == 4


def test_the_memory_of_a_larger_network_is_refused() -> None:
    network, step = problem()
    large = SGD(momentum=0.9).build(network.parameters(), 0.1)
    step(large)
    small = SGD(momentum=0.9).build([nn.Parameter(torch.ones(1))], 0.1)
    with pytest.raises(TrainingError, match="more parameters"):
        checkpoint.restore_optimizer([small], *checkpoint.optimizer_state([large]))


def test_an_optimizer_finds_its_memory_again_where_others_are_frozen_than_before() -> None:
    def adam(module: nn.Module, *frozen: str) -> torch.optim.Optimizer:
        named = dict(module.named_parameters())
        return torch.optim.Adam(
            [weight for name, weight in named.items() if name.partition(".")[0] not in frozen]
        )

    module = two_layers()
    networks = {"network": module}
    first = adam(module, "conv")
    for weight in first.param_groups[0]["params"]:
        weight.grad = torch.randn_like(weight)
    first.step()
    tensors, plain = checkpoint.optimizer_state([first])
    names = checkpoint.trained_names(networks, first.param_groups[0]["params"])
    assert all(not name.startswith("conv") for name in names)
    saved_then = Saved({}, {"trained": names, "remembered": plain}, {**tensors, "gradient.0": torch.ones(1)})
    second = adam(module)
    trained = checkpoint.trained_names(networks, second.param_groups[0]["params"])
    back = checkpoint.renumbered(saved_then, trained)
    assert f"gradient.{trained.index(names[0])}" in back.tensors
    checkpoint.restore_optimizer([second], back.tensors, back.state["remembered"])
    for weight in second.param_groups[0]["params"]:
        remembered = second.state[weight]
        assert bool(remembered) is any(weight is known for known in first.state)
        if remembered:
            assert torch.equal(remembered["exp_avg"], first.state[weight]["exp_avg"])
    assert checkpoint.renumbered(saved_then, names) is saved_then
