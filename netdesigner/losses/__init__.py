"""Losses, one family a file; found by walking, so nothing is listed here.

They are the losses of torch.nn that compare one output with one target, and the focal losses. Not here are
CosineEmbeddingLoss, HingeEmbeddingLoss and MarginRankingLoss, which compare pairs of samples; TripletMarginLoss and
TripletMarginWithDistanceLoss, which compare three; CTCLoss, whose targets are sequences without places;
LinearCrossEntropyLoss, which has weights of its own, where a Linear before CrossEntropyLoss is the same; and
NLLLoss2d, an old name of NLLLoss.
"""
