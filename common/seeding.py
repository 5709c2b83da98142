"""Random numbers: one seed a trial, one independent stream a purpose."""

import zlib

import numpy as np


def generator(seed: int, purpose: str) -> np.random.Generator:
    """numpy's default generator for one purpose ("corpus", "weights") of one trial.

    Streams of different purposes are independent, so that a further draw in one does not shift the others.
    """
    return np.random.default_rng([seed, zlib.crc32(purpose.encode())])


def seed_torch(seed: int) -> None:
    """Seeds torch on every device and asks for deterministic algorithms; imports torch when called."""
    import torch

    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False
