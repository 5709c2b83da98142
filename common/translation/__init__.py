"""Sequence-to-sequence models: what they are asked for, and how translations are searched, sampled and scored."""
