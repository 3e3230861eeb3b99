"""Parts of this family, a close family a file; found by walking, so nothing is listed here.

They are the optimizers of torch.optim that fit one loop. Three are not here: LBFGS calls the loss several times a step,
so it needs a loop of its own; SparseAdam takes sparse gradients only, which no layer of this program gives; Muon takes
matrices only, so that biases, norms and convolutions would need a second optimizer beside it.
"""
