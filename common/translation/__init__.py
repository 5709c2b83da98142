"""What the translation papers share: batches, training, search, scores."""
