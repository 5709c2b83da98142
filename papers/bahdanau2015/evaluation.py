"""What is asked of a trained model: translations, what is kept of long sentences, alignments, and a look inside."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from common.data.bilingual_grammar.roles import roles
from common.data.store import ParallelTokens
from common.data.vocabulary import END, START, UNK, Vocabulary
from common.translation import bleu
from common.translation.batches import batch_of
from common.translation.beam import beam
from common.translation.rules import BAHDANAU_2015, SearchSettings
from common.translation.training import precision
from papers.bahdanau2015 import alignment
from papers.bahdanau2015.model import RNNsearch
from papers.bahdanau2015.tasks import Test, take

if TYPE_CHECKING:
    from common.device import Device

BATCH = 50  # sentences that are translated at once
CHOICES = 5  # words that are shown beside the chosen one


@dataclass(frozen=True)
class Translator:
    """A trained model with its vocabularies and the rule of its search."""

    model: nn.Module
    source: Vocabulary
    target: Vocabulary
    search: SearchSettings
    device: "Device"

    def translate(self, sources: Sequence[np.ndarray], may_say_unknown: bool = True) -> list[list[str]]:
        """The best hypothesis for each source, as words. sources: ids without END."""
        settings = self.search if may_say_unknown else self.search.model_copy(update={"forbidden": (UNK,)})
        order = np.argsort([len(source) for source in sources], kind="stable")
        said: list[list[str]] = [[]] * len(sources)
        for start in range(0, len(order), BATCH):
            which = order[start : start + BATCH]
            batch = [np.append(sources[i], END) for i in which]
            with precision(self.device):
                found = beam(self.model, batch, settings, self.device.name)  # type: ignore[arg-type]
            for i, candidates in zip(which, found, strict=True):
                said[i] = self.target.decode(candidates[0].tokens)
        return said


def search_rule(width: int) -> SearchSettings:
    return BAHDANAU_2015.model_copy(update={"beam": width})


def scores(translator: Translator, test: Test) -> tuple[dict[str, np.ndarray], list[list[str]]]:
    """Statistics of BLEU a sentence, lengths and unknown words; and the translations.

    known: sentences without unknown words in source and reference, translated again by a model that may not say UNK.
    """
    said = translator.translate(list(test.pairs.source))
    unknown = test.unknown
    known = np.flatnonzero(unknown.sum(1) == 0)
    sure = translator.translate([test.pairs.source[int(i)] for i in known], may_say_unknown=False) if len(known) else []
    return {
        "bleu": bleu.statistics(said, test.references).astype(np.int32),
        "bleu_known": bleu.statistics(sure, [test.references[i] for i in known]).astype(np.int32) if sure else np.zeros((0, 10), np.int32),
        "known": known,
        "lengths": test.pairs.source.lengths,
        "unknown": unknown,
    }, said  # fmt: skip


def kept_by_third(said: Sequence[Sequence[str]], references: Sequence[Sequence[str]]) -> list[float]:
    """Share of the pairs of neighbouring words in each third of the references that the same third of the translations has."""
    kept, count = [0, 0, 0], [0, 0, 0]
    for words, reference in zip(said, references, strict=True):
        for third in range(3):
            spoken, written = (Counter(pairwise(_third(sentence, third))) for sentence in (words, reference))
            kept[third] += (spoken & written).total()
            count[third] += written.total()
    return [k / max(n, 1) for k, n in zip(kept, count, strict=True)]


def _third(words: Sequence[str], third: int) -> Sequence[str]:
    return words[len(words) * third // 3 : len(words) * (third + 1) // 3]


@torch.no_grad()
def weights(translator: Translator, pairs: ParallelTokens) -> list[np.ndarray]:
    """alpha of each pair, END included on both sides: (T_y, T_x)."""
    assert isinstance(translator.model, RNNsearch)
    found = []
    for start in range(0, len(pairs), BATCH):
        batch = batch_of(pairs, range(start, min(start + BATCH, len(pairs)))).to(translator.device.name)
        alpha = translator.model.align(*batch.tensors[:3]).float().cpu().numpy()
        lengths = zip(batch.mask.sum(1).tolist(), batch.lengths.tolist(), strict=True)
        found += [one[:T_y, :T_x] for one, (T_y, T_x) in zip(alpha, lengths, strict=True)]
    return found


def alignments(translator: Translator, test: Test, longest: int) -> dict[str, float]:
    """How the weights lie on sentences of at most `longest` words; where the true links are known, how often they are right."""
    kept = [i for i, (source, target) in enumerate(test.pairs) if 1 < len(source) <= longest and len(target) > 1]
    matrices = weights(translator, take(test.pairs, np.array(kept)[:, None]))
    lying = [alignment.concentration(alpha) for alpha in matrices]
    found = {}
    for name in ("row_maximum", "row_entropy", "relative_entropy", "spearman", "non_decreasing"):
        values = np.array([getattr(one, name) for one in lying])
        if not np.isnan(values).all():  # of weights that are even everywhere there is no rank correlation
            found[name] = float(np.nanmean(values))
    if test.gold is None:
        return found
    gold = [test.gold[i] for i in kept]
    links, said = [pair.alignment for pair in gold], [roles(pair) for pair in gold]
    places = [{word for adjective, noun in r.adjectives.items() for word in (adjective, noun)} for r in said]
    nouns = [
        {article: {i for i, j in pair.alignment if j == noun} for article, noun in r.articles.items()}
        for pair, r in zip(gold, said, strict=True)
    ]
    for name, later in (("", False), ("_later", True)):
        found |= {
            f"right{name}": alignment.share_right(matrices, links, later=later),
            f"right_inverted{name}": alignment.share_right(matrices, links, places, later=later),
            f"article_on_noun{name}": alignment.mean_weight(matrices, nouns, later=later),
        }
    return found


@torch.no_grad()
def trace(translator: Translator, source: np.ndarray) -> dict[str, Any]:
    """One translation from inside: its words, at each step the likeliest words with their probabilities, and alpha if there is one."""
    ids = torch.from_numpy(np.append(source.astype(np.int64), END))[None]
    state = translator.model.start(ids.to(translator.device.name), torch.tensor([ids.shape[1]], device=translator.device.name))  # type: ignore[operator]
    words = translator.translate([source])[0]
    steps, alphas, previous = [], [], START
    for token in [*(translator.target.tokens.index(word) for word in words), END]:
        log_probs, state = translator.model.step(state, torch.tensor([previous], device=translator.device.name))  # type: ignore[operator]
        best = log_probs[0].topk(CHOICES)
        steps.append(
            [
                [translator.target.tokens[i], round(p, 3)]
                for p, i in zip(best.values.exp().tolist(), best.indices.tolist(), strict=True)
            ]
        )
        if isinstance(translator.model, RNNsearch):
            alphas.append([round(a, 3) for a in state.alpha[0].tolist()])
        previous = token
    return {"words": words, "choices": steps, "alpha": alphas}
