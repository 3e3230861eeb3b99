"""Equations of letters."""

from __future__ import annotations

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.einsum import Einsum
from netdesigner.parts.tensor import TensorSpec

QUERY, KEY = TensorSpec(("N", "T", 8)), TensorSpec(("N", "S", 8))


def test_free_lengths_travel_to_where_their_letters_stand() -> None:
    scores = Einsum(equation="nqd,nkd->nkq").shape(QUERY, KEY)
    assert scores == TensorSpec(("N", "S", "T"))
    assert Einsum(equation="...d->d...").shape(QUERY) == TensorSpec((8, "N", "T"))


@pytest.mark.parametrize(
    ("equation", "said"),
    [
        ("nqd,nkd", "the arrow is missing"),
        ("nqd;nkd->nq", "'nqd;nkd' is no term"),
        ("nqd->nq", "has 1 terms before the arrow, but there are 2 inputs"),
        ("nqd,nd->nq", "'nd' names 2 axes, but its input is [N, S, 8]"),
        ("nqd,nqd->nq", "'q' is T long in one input and S in [N, S, 8]"),
        ("nqd,nkd->nqkz", "'z' behind the arrow is in no term before it"),
        ("nqd,nkd->nqq", "'q' stands 2 times behind the arrow"),
        ("nqd,nkd->qk", "the batch must stay behind the arrow, or samples would be mixed up"),
        ("nqd,mkd->nmqk", "the batch must have the same letter in all terms, or samples would be mixed up"),
        ("ddd,nkd->nk", "'d' stands for N and for T in [N, T, 8]"),
        ("n" * 250, "an equation has at most 200 characters, this one has 250"),
        ("nqd,nkd->nq\"); print('x", "is no term"),
    ],
)
def test_what_is_wrong_with_an_equation_is_said(equation: str, said: str) -> None:
    with pytest.raises(ShapeError) as refused:
        Einsum(equation=equation).shape(QUERY, KEY)
    assert said in str(refused.value)
    assert refused.value.changes == ({"equation": "nab,ncb->nac"},)
    assert Einsum(equation="nab,ncb->nac").shape(QUERY, KEY) == TensorSpec(("N", "T", "S"))


def test_products_are_counted_two_inputs_at_a_time() -> None:
    a, b, c = TensorSpec(("N", 3, 4)), TensorSpec(("N", 4, 5)), TensorSpec(("N", 5, 6))
    assert Einsum(equation="nij,njk,nkl->nil").cost(a, b, c).macs == 3 * 4 * 5 + 3 * 5 * 6
    assert Einsum(equation="nij,njk->nijk").cost(a, b).macs == 0
    assert Einsum(equation="nij,njk->nk").cost(a, b).macs == 4 * 5  # the rows are summed first
