"""The design's variables, and the expressions that follow their names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netdesigner.document import Block, Choice, Design, Graph, Node, Settings, edit
from netdesigner.document.variables import declare_variables
from netdesigner.errors import EditError


def design() -> Design:
    """A network, a block that uses the variable, and one with a parameter of the same name."""
    plain = Block(Graph({"conv": Node("Conv2d", {"out_channels": "2*width"}, repeat="width")}))
    own = Block(Graph({"conv": Node("Conv2d", {"out_channels": "width"})}), params={"width": 4, "deep": 1})
    found = edit.set_block(edit.set_block(Design(), "Plain", plain), "Own", own)
    found, _ = edit.add_node(found, "main", "block:Own", node_id="own", params={"width": "4*width"})
    found, _ = edit.add_node(found, "main", "Linear", node_id="head", params={"out_features": "widths+width"})
    return replace(
        found,
        variables={"width": 3, "widths": 9},
        data=Choice("images", {"folder": "width", "size": ("width", 8)}),
        augmentations=(Choice("blur", {"sigma": "width/3"}),),
        training=Settings(values={"epochs": "2*width"}),
    )


def numbers(section: str, kind: str, param: str, text: str) -> bool:
    """All but a folder."""
    return param != "folder"


def test_expressions_everywhere_follow_the_new_name_of_a_variable() -> None:
    after = declare_variables(design(), {"channels": 3, "widths": 9}, chosen=numbers)
    assert after.variables == {"channels": 3, "widths": 9}
    nodes = after.graph("main").nodes
    assert nodes["head"].params == {"out_features": "widths+channels"}
    assert nodes["own"].params == {"width": "4*channels"}
    inside = after.blocks["Plain"].graph.nodes["conv"]
    assert (inside.params, inside.repeat) == ({"out_channels": "2*channels"}, "channels")
    assert after.data == Choice("images", {"folder": "width", "size": ("channels", 8)})
    assert after.augmentations[0].params == {"sigma": "channels/3"}
    assert after.training.values == {"epochs": "2*channels"}
    assert declare_variables(after, {"width": 3, "widths": 9}, chosen=numbers) == design()


def test_a_parameter_of_a_block_hides_the_variable_of_its_name() -> None:
    after = declare_variables(design(), {"channels": 3, "widths": 9})
    assert after.blocks["Own"] == design().blocks["Own"]


def test_a_name_that_a_block_uses_for_something_else_is_refused() -> None:
    found = edit.set_params(design(), "block:Own", "conv", {"groups": "widths"})
    with pytest.raises(EditError, match="'deep' is a parameter of 'block:Own', which uses 'widths' too"):
        declare_variables(found, {"width": 3, "deep": 9})


@pytest.mark.parametrize("variables", [{"width": 5, "widths": 9}, {"widths": 9}, {"widths": 9, "other": 3}])
def test_values_and_variables_that_come_and_go_leave_expressions_alone(variables: dict[str, int]) -> None:
    assert declare_variables(design(), variables) == replace(design(), variables=variables)
