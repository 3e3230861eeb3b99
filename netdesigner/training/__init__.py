"""Training: the loop and its events, checkpoints, and the runs they leave.

Data, network and task come in as arguments; the floor knows neither the compiler nor the evaluation. Torch is needed by
`loop` and what it is made of, which are imported where training begins; `events`, `control`, `host` and `runs` work
without. Each is imported by its own name: a window opens without them.
"""
