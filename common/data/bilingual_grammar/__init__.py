"""An English-French stand-in corpus from a synchronous grammar of our own: every sentence is generated, none is quoted.

    pairs = generate(1000, seed=0)                    # 5 to 60 English tokens each
    sets = splits(train=10_000, valid=500, test=1_000, seed=0)
    both = paraphrases(100, seed=0, change="passive")    # one meaning said in two ways

Words are lower case except names and `I`; `detokenise` restores capitals and spaces. It is a stand-in: whoever publishes a
number on it says so, and prints the baselines of `baselines.py` beside it.
"""

import gc
import random
from collections.abc import Callable, Iterator

from common.data.bilingual_grammar import english, french
from common.data.bilingual_grammar.meaning import PAST, PRESENT, derivation
from common.data.bilingual_grammar.plan import Planner
from common.data.bilingual_grammar.sentence import Pair, sentence, single
from common.errors import UserError, unknown
from common.seeding import generator

SHORTEST, LONGEST = 5, 60
PARTS = 64  # derivations fall into this many equal parts: the first four are for test, the next two for valid
SPLITS: dict[str, Callable[[int], bool]] = {
    "test": lambda core: core % PARTS < 4,
    "valid": lambda core: 4 <= core % PARTS < 6,
    "train": lambda core: core % PARTS >= 6,
}


def generate(n: int, seed: int, lengths: tuple[int, int] = (SHORTEST, LONGEST)) -> list[Pair]:
    """n different pairs; the English has lengths[0] to lengths[1] tokens, short ones more often. Equal arguments, equal pairs."""
    return _distinct(n, seed, "all", lengths, None, set())


def splits(
    train: int, valid: int, test: int, seed: int, lengths: tuple[int, int] = (SHORTEST, LONGEST)
) -> dict[str, list[Pair]]:
    """Pairs split by derivation: a verb with the same heads of its arguments occurs in one split only, in every clause.

    No sentence of either side is in two splits either, although two derivations may sound alike.
    """
    sizes = {"test": test, "valid": valid, "train": train}
    taken: set[tuple[str, ...]] = set()
    made: dict[str, list[Pair]] = {}
    for name, size in sizes.items():
        made[name] = _distinct(size, seed, name, lengths, SPLITS[name], taken)
        taken |= {pair.target for pair in made[name]}
    return {name: made[name] for name in ("train", "valid", "test")}


def _distinct(
    n: int, seed: int, purpose: str, lengths: tuple[int, int], admits: Callable[[int], bool] | None, taken: set[tuple[str, ...]]
) -> list[Pair]:
    """`taken`: sentences of either language that may not come again; the sources made here are added."""
    shortest, longest = lengths
    if not SHORTEST <= shortest <= longest <= LONGEST:
        raise UserError(f"lengths {shortest}-{longest}: give two numbers from {SHORTEST} to {LONGEST}, the shorter first")
    if n < 0:
        raise UserError(f"{n} sentence pairs: give a number from 0 up")
    uniform = random.Random(int(generator(seed, f"bilingual grammar {purpose}").integers(2**63))).random
    pairs: list[Pair] = []
    collecting = gc.isenabled()
    gc.disable()  # nothing made here refers back to itself; the collector would only walk it again and again
    try:
        _fill(pairs, n, uniform, admits, lengths, taken)
    finally:
        if collecting:
            gc.enable()
    return pairs


def _fill(
    pairs: list[Pair],
    n: int,
    uniform: Callable[[], float],
    admits: Callable[[int], bool] | None,
    lengths: tuple[int, int],
    taken: set[tuple[str, ...]],
) -> None:
    shortest, longest = lengths
    misses = 0
    while len(pairs) < n:
        pair = sentence(uniform, admits, shortest, longest)
        if pair is None or pair.source in taken or pair.target in taken:
            misses += 1
            if misses > 2000:
                raise UserError(
                    f"only {len(pairs)} of {n} different pairs of {shortest}-{longest} tokens found: ask for fewer or allow longer ones"
                )
            continue
        misses = 0
        taken.add(pair.source)
        pairs.append(pair)


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
    uniform = random.Random(int(generator(seed, f"bilingual grammar paraphrases {change}").integers(2**63))).random
    for plain, changed in _changes(uniform, change):
        if len(found) == n:
            break
        if plain.source not in seen:
            seen.add(plain.source)
            found.append((plain, changed))
    return found


def _changes(uniform: Callable[[], float], change: str) -> Iterator[tuple[Pair, Pair]]:
    while True:
        planner = Planner(uniform, None)
        clause = planner.clause(None, 8, PRESENT if uniform() < 0.5 else PAST)
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


__all__ = ["CHANGES", "LONGEST", "SHORTEST", "Pair", "detokenise", "generate", "paraphrases", "splits"]
