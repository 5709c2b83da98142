"""Cho et al. (2014): the gated unit and the encoder-decoder. So far only the model, which Bahdanau et al. (2015) compare with."""
