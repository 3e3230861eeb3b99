"""Modules of the newer families against the recurrences of their papers, written out step by step."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from netdesigner.compiler.operations.experts import MixtureOfExperts, SwiGLU
from netdesigner.compiler.operations.grouped_attention import GroupedQueryAttention
from netdesigner.compiler.operations.rwkv import RWKVTimeMix
from netdesigner.compiler.operations.spiking import LIF
from netdesigner.compiler.operations.state_space import SelectiveScan


def test_the_scan_by_doubling_is_the_recurrence_step_by_step() -> None:
    torch.manual_seed(0)
    scan = SelectiveScan(3, 4)
    x, delta = torch.randn(2, 13, 3), torch.randn(2, 13, 3)
    b, c = torch.randn(2, 13, 4), torch.randn(2, 13, 4)
    state = torch.zeros(2, 3, 4)
    expected = []
    for t in range(13):
        step = F.softplus(delta[:, t])[..., None]
        state = torch.exp(step * -scan.A_log.exp()) * state + step * x[:, t, :, None] * b[:, t, None]
        expected.append((state * c[:, t, None]).sum(-1) + scan.D * x[:, t])
    torch.testing.assert_close(scan(x, delta, b, c), torch.stack(expected, 1))


def test_no_step_of_a_scan_or_of_time_mixing_sees_a_later_one() -> None:
    torch.manual_seed(0)
    scan, mixing = SelectiveScan(3, 4), RWKVTimeMix(3)
    given = [torch.randn(1, 9, 3), torch.randn(1, 9, 3), torch.randn(1, 9, 4), torch.randn(1, 9, 4)]
    cut = [values[:, :5] for values in given]
    torch.testing.assert_close(scan(*given)[:, :5], scan(*cut))
    torch.testing.assert_close(mixing(given[0])[:, :5], mixing(cut[0]))


def test_time_mixing_is_the_fading_mean_of_its_paper() -> None:
    torch.manual_seed(0)
    mixing = RWKVTimeMix(4).double()
    x = torch.randn(2, 6, 4, dtype=torch.float64)
    before = torch.cat((torch.zeros(2, 1, 4, dtype=torch.float64), x[:, :-1]), 1)
    mixed = [m * x + (1 - m) * before for m in (mixing.time_mix_k, mixing.time_mix_v, mixing.time_mix_r)]
    k, v, r = mixing.key(mixed[0]), mixing.value(mixed[1]), mixing.receptance(mixed[2])
    w, u = mixing.time_decay.exp(), mixing.time_first
    found = []
    for t in range(6):
        past = [torch.exp(-(t - 1 - i) * w + k[:, i]) for i in range(t)]
        now = torch.exp(u + k[:, t])
        above = sum((weight * v[:, i] for i, weight in enumerate(past)), now * v[:, t])
        found.append(above / sum(past, now))
    torch.testing.assert_close(mixing(x), mixing.output(torch.sigmoid(r) * torch.stack(found, 1)))


def test_a_spike_has_the_gradient_of_a_smooth_step() -> None:
    for surrogate in ("arctan", "sigmoid", "fast_sigmoid"):
        neuron = LIF((), 0.9, 1.0, False, "subtract", surrogate, 2.0)
        x = torch.full((1, 4, 3), 0.6, requires_grad=True)
        spikes, _ = neuron(x)
        assert set(spikes.detach().unique().tolist()) == {0.0, 1.0}
        spikes.sum().backward()
        assert x.grad is not None
        assert (x.grad > 0).all()


def test_only_the_chosen_experts_count_and_the_balance_is_1_where_all_are_used_alike() -> None:
    torch.manual_seed(0)
    experts = MixtureOfExperts(6, 5, 4, 2)
    x = torch.randn(7, 6)
    output, balance = experts(x)
    chances = experts.router(x).softmax(-1)
    best, chosen = chances.topk(2, -1)
    for place in range(7):
        parts = [
            share * (F.gelu(x[place] @ experts.up[e]) @ experts.down[e])
            for share, e in zip(best[place] / best[place].sum(), chosen[place], strict=True)
        ]
        torch.testing.assert_close(output[place], sum(parts))
    with torch.no_grad():
        experts.router.weight.zero_()
    assert experts(x)[1].item() == 1.0
    assert balance.requires_grad


def test_a_gated_expert_is_a_swiglu() -> None:
    torch.manual_seed(0)
    experts, one = MixtureOfExperts(6, 5, 1, 1, gated=True), SwiGLU(6, 5, False)
    for linear, weight in ((one.gate, experts.gate), (one.up, experts.up), (one.down, experts.down)):
        linear.weight.data = weight.data[0].t()
    x = torch.randn(2, 7, 6)
    torch.testing.assert_close(experts(x)[0], one(x))


def test_swiglu_is_its_formula() -> None:
    torch.manual_seed(0)
    layer = SwiGLU(6, 5, True)
    x = torch.randn(3, 6)
    torch.testing.assert_close(layer(x), layer.down(F.silu(layer.gate(x)) * layer.up(x)))


def test_grouped_attention_with_all_keys_is_plain_attention_and_turning_keeps_distances() -> None:
    torch.manual_seed(0)
    plain = GroupedQueryAttention(8, 2, 2, False, False, 1e4, False, False, 0.0)
    x = torch.randn(2, 5, 8)
    reference = torch.nn.MultiheadAttention(8, 2, bias=False, batch_first=True)
    with torch.no_grad():
        reference.in_proj_weight.copy_(
            torch.cat((plain.q_proj.weight, plain.k_proj.weight, plain.v_proj.weight))
        )
        reference.out_proj.weight.copy_(plain.out_proj.weight)
    torch.testing.assert_close(plain(x), reference(x, x, x)[0])
    turned = GroupedQueryAttention(8, 2, 1, False, True, 1e4, False, False, 0.0)
    one = torch.randn(1, 1, 1, 4)
    heads = turned._turned(one.expand(1, 1, 6, 4))
    scores = heads @ heads.transpose(-1, -2)
    for apart in range(1, 5):
        diagonal = scores.diagonal(apart, -2, -1)
        torch.testing.assert_close(diagonal, diagonal[..., :1].expand_as(diagonal))
