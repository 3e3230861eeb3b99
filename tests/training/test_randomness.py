from __future__ import annotations

import torch

from netdesigner.training.randomness import Randomness

CPU = torch.device("cpu")


def drawn(randomness: Randomness, count: int) -> list[float]:
    randomness.enter()
    try:
        return torch.rand(count).tolist()
    finally:
        randomness.leave()


def test_two_runs_of_a_seed_draw_the_same_and_another_seed_something_else() -> None:
    assert drawn(Randomness(1, CPU), 5) == drawn(Randomness(1, CPU), 5) != drawn(Randomness(2, CPU), 5)


def test_what_others_draw_in_between_changes_nothing() -> None:
    quiet = Randomness(1, CPU)
    expected = drawn(quiet, 2) + drawn(quiet, 2)
    disturbed = Randomness(1, CPU)
    found = drawn(disturbed, 2)
    torch.rand(7)
    torch.manual_seed(99)
    assert found + drawn(disturbed, 2) == expected


def test_a_run_leaves_the_numbers_of_others_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(4).tolist()
    torch.manual_seed(5)
    randomness = Randomness(1, CPU)
    drawn(randomness, 3)
    assert torch.rand(4).tolist() == expected


def test_saved_states_bring_the_same_numbers_back() -> None:
    for inside in (False, True):
        first, second = Randomness(1, CPU), Randomness(2, CPU)
        drawn(first, 3)
        if inside:
            first.enter()
        saved = {name: state.clone() for name, state in first.tensors().items()}
        first.leave()
        second.restore(saved)
        assert drawn(second, 4) == drawn(first, 4)


def test_the_order_of_samples_has_a_generator_of_its_own() -> None:
    randomness = Randomness(3, CPU)
    torch.manual_seed(0)
    order = torch.randperm(9, generator=randomness.order).tolist()
    assert order == torch.randperm(9, generator=torch.Generator().manual_seed(3)).tolist()
