"""The canvas: a graph drawn as cards and wires, and what a person does to it.

`card` says what a node shows and `metrics` how large that is, both without Qt; `node_item` and `wire_item` draw;
`scene` keeps the items equal to the design; `view` is the window onto it; `editor` makes the edits; `canvas` puts
tabs, view and controls together. Nothing here holds truth: everything shown comes from the session's state.
"""
