"""Each figure that the project states, measured against what a user would pick instead, both in one run.

Machines differ and wobble: medians and ratios count, single times do not. `python -m benchmarks` runs all,
`python -m benchmarks.bench_start` one.
"""
