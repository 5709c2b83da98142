"""An English-French stand-in corpus from a synchronous grammar of our own: every sentence is generated, none is quoted.

    pairs = generate(1000, seed=0)                    # 5 to 60 English tokens each
    sets = splits(train=10_000, valid=500, test=1_000, seed=0)
    both = paraphrases(100, seed=0, change="passive")    # one meaning said in two ways

Words are lower case except names and `I`; `detokenise` restores capitals and spaces. It is a stand-in: whoever publishes a
number on it says so, and prints the baselines of `baselines.py` beside it.
"""

import gc
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from common.data.bilingual_grammar import english, french
from common.data.bilingual_grammar.clauses import clause as plan_clause
from common.data.bilingual_grammar.meaning import PAST, PRESENT, derivation
from common.data.bilingual_grammar.plan import Planner
from common.data.bilingual_grammar.sentence import Pair, sentence, single
from common.errors import UserError, unknown
from common.seeding import generator

SHORTEST, LONGEST = 5, 60
TRIES = 2000  # in vain, after which no further pair is looked for
BINS = ((5, 10), (11, 15), (16, 20), (21, 25), (26, 30), (31, 35), (36, 40), (41, 45), (46, 50), (51, 60))
PARTS = 64  # derivations fall into this many equal parts: the first four are for test, the next two for valid
SPLITS: dict[str, Callable[[int], bool]] = {
    "test": lambda core: core % PARTS < 4,
    "valid": lambda core: 4 <= core % PARTS < 6,
    "train": lambda core: core % PARTS >= 6,
}
Sentence = tuple[str, ...]


def generate(n: int, seed: int, lengths: tuple[int, int] = (SHORTEST, LONGEST)) -> list[Pair]:
    """n different pairs; the English has lengths[0] to lengths[1] tokens. Equal arguments, equal pairs.

    How often each length comes falls about linearly from 5 tokens to 60 (mean 22.6); a narrower range is cut from that, so that
    sentences of 5 to 30 are like those of at most 30 in the whole. The training and validation parts of `splits` follow it too.
    """
    return _distinct(n, _uniform(seed, "all"), None, lengths, set())


def splits(
    train: int,
    valid: int,
    test: int | Mapping[tuple[int, int], int],
    seed: int,
    lengths: tuple[int, int] = (SHORTEST, LONGEST),
) -> dict[str, list[Pair]]:
    """Pairs split by derivation: a verb with the same heads of its arguments occurs in one split only, in every clause.

    No sentence of either side is in two splits either, although two derivations may sound alike. test: how many, or how many
    of each bin of English length, which need not lie within `lengths`: `splits(10_000, 500, balanced(100), seed=0)`.
    """
    bins = test if isinstance(test, Mapping) else {lengths: test}
    taken: set[Sentence] = set()
    made: dict[str, list[Pair]] = {}
    for name, sizes in (("test", bins), ("valid", {lengths: valid}), ("train", {lengths: train})):
        uniform = _uniform(seed, name)
        made[name] = [pair for bounds, n in sizes.items() for pair in _distinct(n, uniform, SPLITS[name], bounds, taken)]
        taken |= {pair.target for pair in made[name]}
    return {name: made[name] for name in ("train", "valid", "test")}


def balanced(n: int, bins: Iterable[tuple[int, int]] = BINS) -> dict[tuple[int, int], int]:
    """n sentences of each bin of length, as `splits` takes them for its test set."""
    return dict.fromkeys(bins, n)


def _uniform(seed: int, purpose: str) -> Callable[[], float]:
    return random.Random(int(generator(seed, f"bilingual grammar {purpose}").integers(2**63))).random


def _lengths(shortest: int, longest: int) -> list[int]:
    """Each length as often as it weighs."""
    if not SHORTEST <= shortest <= longest <= LONGEST:
        raise UserError(f"lengths {shortest}-{longest}: give two numbers from {SHORTEST} to {LONGEST}, the shorter first")
    return [length for length in range(shortest, longest + 1) for _ in range(LONGEST + 1 - length)]


def _distinct(
    n: int,
    uniform: Callable[[], float],
    admits: Callable[[int], bool] | None,
    lengths: tuple[int, int],
    taken: set[Sentence],
) -> list[Pair]:
    """`taken`: sentences of either language that may not come again; the sources made here are added."""
    if n < 0:
        raise UserError(f"{n} sentence pairs: give a number from 0 up")
    drawn = _lengths(*lengths)
    collecting = gc.isenabled()
    gc.disable()  # nothing made here refers back to itself; the collector would only walk it again and again
    try:
        return list(islice(_pairs(uniform, admits, lengths, drawn, taken), n))
    finally:
        if collecting:
            gc.enable()


def _pairs(
    uniform: Callable[[], float],
    admits: Callable[[int], bool] | None,
    lengths: tuple[int, int],
    drawn: list[int],
    taken: set[Sentence],
) -> Iterator[Pair]:
    """New pairs without end. A length once drawn is tried until a sentence has it, so that those hard to hit are not rarer."""
    made = 0
    while True:
        wanted = drawn[int(uniform() * len(drawn))]
        for _ in range(TRIES):
            pair = sentence(uniform, admits, wanted, *lengths)
            if pair is not None and pair.source not in taken and pair.target not in taken:
                break
        else:
            raise UserError(
                f"only {made} different pairs of {lengths[0]}-{lengths[1]} tokens found: ask for fewer or allow longer ones"
            )
        made += 1
        taken.add(pair.source)
        yield pair


CHANGES = ("passive", "fronting", "negation", "tense")


def paraphrases(n: int, seed: int, change: str) -> list[tuple[Pair, Pair]]:
    """n pairs of sentences that differ in one respect, and have the same derivation.

    passive: the dog follows the boy / the boy is followed by the dog. fronting: an adverbial last or first. These two keep
    the meaning. negation and tense (present, past) change it as little as possible.
    """
    if change not in CHANGES:
        raise unknown("change", change, CHANGES)
    found: list[tuple[Pair, Pair]] = []
    seen: set[tuple[str, ...]] = set()
    uniform = _uniform(seed, f"paraphrases {change}")
    for plain, changed in _changes(uniform, change):
        if len(found) == n:
            break
        if plain.source not in seen and plain.source != changed.source:  # they read is present and past
            seen.add(plain.source)
            found.append((plain, changed))
    return found


def _changes(uniform: Callable[[], float], change: str) -> Iterator[tuple[Pair, Pair]]:
    while True:
        planner = Planner(uniform, None)
        clause = plan_clause(planner, None, 8, PRESENT if uniform() < 0.5 else PAST)
        if clause is None or clause.embedded is not None or clause.verb.frame == "exist":
            continue
        said = derivation(planner.cores)
        one = clause._replace(front="", passive=False)
        if change == "passive" and clause.passive:
            yield single(one, said), single(clause._replace(front=""), said)
        elif change == "fronting" and (clause.time or clause.place):
            yield single(one, said), single(one._replace(front="time" if clause.time else "place"), said)
        elif (
            change == "negation"
            and clause.negation is None
            and clause.adverb is None
            and clause.manner is None
            and not clause.time
        ):
            yield single(one, said), single(one._replace(negation=("not", "pas"), very=False), said)
        elif change == "tense" and not clause.time and clause.adverb is None:
            yield single(one._replace(tense=PRESENT), said), single(one._replace(tense=PAST), said)


def detokenise(pair: Pair) -> tuple[str, str]:
    """English and French as printed: `The boy's dog sleeps.`, `Le chien du garçon dort.`"""
    return english.detokenise(pair.source), french.detokenise(pair.target)


__all__ = ["BINS", "CHANGES", "LONGEST", "SHORTEST", "Pair", "balanced", "detokenise", "generate", "paraphrases", "splits"]
