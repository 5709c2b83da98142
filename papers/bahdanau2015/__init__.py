"""Bahdanau, Cho and Bengio (2015), Neural Machine Translation by Jointly Learning to Align and Translate."""
