"""Cho et al. (2014): the gated unit and the encoder-decoder. So far only RNNencdec, the form that Bahdanau et al. compare with."""
