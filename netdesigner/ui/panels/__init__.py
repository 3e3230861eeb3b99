"""The panels around the canvas: data, training, curves, runs, evaluation, and the export dialog."""
