"""Every family of templates trained with what it comes with, and held against the figure that it is to reach.

`python -m benchmarks.families` runs all and prints a table; names of families or templates choose some, `--quick` runs
all that happens in a family but trains for one epoch on a few samples, which tells that it works and not how well.
"""
