from __future__ import annotations

from netdesigner.checks import check
from netdesigner.parts import Catalog
from netdesigner.session.builder import Builder, Wire


def test_outputs_that_need_not_be_read_do_not_make_a_tuple() -> None:
    net = Builder()
    x = net.Input(shape=(2, 8, 8))
    pool = net.MaxPool2d(x, name="pool")
    assert pool == Wire("pool")
    net.Output(net.MaxUnpool2d(pool, pool.beside("indices"), x))
    design = net.design()
    assert check(design, Catalog.discover()).errors == ()


def test_outputs_that_are_always_there_make_a_tuple() -> None:
    net = Builder()
    output, h_n, c_n = net.LSTM(net.Input(shape=(4, 2)), name="reader")
    assert (output.port, h_n.port, c_n.port) == ("output", "h_n", "c_n")
