from __future__ import annotations

import pytest
import torch
from torch import nn

from netdesigner.compiler.weights import read_weights, weights_of
from netdesigner.errors import ExportError


def test_weights_and_buffers_are_read_back_to_the_bit() -> None:
    module = nn.Sequential(nn.Conv2d(2, 3, 3).to(memory_format=torch.channels_last), nn.BatchNorm2d(3))
    found = read_weights(weights_of(module, {"about": "it"}))
    assert found.keys() == module.state_dict().keys()
    assert all(torch.equal(value, found[name]) for name, value in module.state_dict().items())


def test_a_network_without_weights_has_an_empty_file() -> None:
    assert read_weights(weights_of(nn.ReLU())) == {}
    assert read_weights(weights_of(nn.ReLU(), {"about": "it"})) == {}


def test_other_bytes_are_refused() -> None:
    with pytest.raises(ExportError, match="the weights cannot be read back"):
        read_weights(b"something else, and long enough to look at")
