"""Random numbers for compiled code, one 64-bit number of state (splitmix64), so that a trial can be stored and gone on with."""

import numpy as np

from common.seeding import generator
from papers.lstm1997.compiled import compiled

STRIDE = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
S11, S27, S30, S31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)


def stream(seed: int, purpose: str) -> np.ndarray:
    """The state of a new stream, independent of those of other purposes. -> (1,) uint64."""
    return generator(seed, purpose).integers(2**64, size=1, dtype=np.uint64)


@compiled()
def unit(rng):  # type: ignore[no-untyped-def]
    """Uniform in [0, 1), 53 bits. Moves `rng` on."""
    rng[0] += STRIDE
    x = rng[0]
    x = (x ^ (x >> S30)) * FIRST
    x = (x ^ (x >> S27)) * SECOND
    return np.float64((x ^ (x >> S31)) >> S11) * 2.0**-53


@compiled()
def below(rng, n):  # type: ignore[no-untyped-def]
    """A whole number in [0, n)."""
    return int(unit(rng) * n)


@compiled()
def between(rng, first, last):  # type: ignore[no-untyped-def]
    """A whole number in [first, last]."""
    return first + below(rng, last - first + 1)


@compiled()
def normal(rng):  # type: ignore[no-untyped-def]
    """Two independent standard normal numbers, by Marsaglia's polar method."""
    while True:
        a, b = 2.0 * unit(rng) - 1.0, 2.0 * unit(rng) - 1.0
        square = a * a + b * b
        if 0.0 < square < 1.0:
            scale = np.sqrt(-2.0 * np.log(square) / square)
            return a * scale, b * scale
