"""The design as a tree: networks, their nodes, and what is inside blocks, with what each costs."""
