"""The paper's simulations, from stream to numbers. `config.yaml` holds their settings, `paper.yaml` which of them are run."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field, model_validator
from scipy.stats import mannwhitneyu

from common.catalogue import FIRST_SEED
from common.config import Settings
from common.run import Outcome, TrialFailed
from common.seeding import generator
from papers.elman1990 import kernel, tasks, tokens, trees
from papers.elman1990.sentences import N_BITS, Grammar, likelihoods, prefixes, word_vectors

if TYPE_CHECKING:
    from common.run import Run


class NetworkSettings(Settings):
    """Sizes and learning rule that all simulations share. The paper gives sizes and passes; the rest is our choice."""

    hidden: int = Field(gt=0)
    passes: int = Field(ge=0)  # 0: an untrained network
    learning_rate: float = Field(gt=0)
    initial_range: float = Field(gt=0)
    momentum: float = Field(default=0.0, ge=0, lt=1)
    biases: bool = True
    context: bool = True
    reset_context: bool = False  # at the start of each pass
    activation: Literal["logistic", "tanh"] = "logistic"
    loss: Literal["squared", "cross_entropy"] = "squared"
    gradient_window: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _one_departure_at_a_time(self) -> "NetworkSettings":
        rule = self.rule()
        if rule.window > 1 and rule != kernel.Rule(rule.lr, window=rule.window):
            raise ValueError("gradient_window above 1 goes with the paper's other choices only")
        return self

    def rule(self) -> kernel.Rule:
        return kernel.Rule(
            lr=self.learning_rate, momentum=self.momentum, tanh=self.activation == "tanh",
            cross_entropy=self.loss == "cross_entropy", biases=self.biases, context=self.context,
            window=self.gradient_window,
        )  # fmt: skip


class Trained:
    """A network with the context in which training left it."""

    def __init__(self, weights: kernel.Weights, context: np.ndarray, rule: kernel.Rule):
        self.weights, self.context, self.rule = weights, context, rule

    def run(self, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Frozen weights. inputs: (T, I) -> outputs (T, O), hidden states (T, H)."""
        return kernel.run_stream(self.weights, self.context.copy(), inputs, self.rule.tanh, self.rule.context)


def learn(
    run: "Run",
    settings: NetworkSettings,
    seed: int,
    inputs: np.ndarray,
    targets: np.ndarray,
    watch: Callable[[Trained], Mapping[str, float]] = lambda network: {},
) -> Trained:
    """On-line learning for `settings.passes` passes over one stream. inputs: (T, I), targets: (T, O).

    `watch` gives further values to log with the error. Goes on from the run's last checkpoint if there is one.
    Raises TrialFailed if a weight stops being finite.
    """
    rule, n_out = settings.rule(), targets.shape[1]
    weights = kernel.initial_weights(inputs.shape[1], settings.hidden, n_out, settings.initial_range, seed, settings.biases)
    velocity = kernel.Weights(*(np.zeros_like(w) for w in weights))
    context = kernel.first_context(settings.hidden, rule.tanh)
    done = 0
    if (state := run.restore()) is not None:
        done, context = state["passes"], state["context"]
        weights, velocity = kernel.Weights(**state["weights"]), kernel.Weights(**state["velocity"])
    log_every = max(1, settings.passes // 50)
    while done < settings.passes:
        if settings.reset_context:
            context = kernel.first_context(settings.hidden, rule.tanh)
        sse = kernel.learn_pass(weights, velocity, context, inputs, targets, rule)
        done += 1
        if not weights.finite():
            raise TrialFailed(f"weights are not finite after pass {done}")
        run.report(done, settings.passes, "pass", sse=sse)
        if done % log_every == 0:
            run.log(done, sse=sse, **watch(Trained(weights, context, rule)))
        run.checkpoint(done, {"passes": done, "context": context, "weights": weights._asdict(), "velocity": velocity._asdict()})
    return Trained(weights, context, rule)


def errors(outputs: np.ndarray, targets: np.ndarray) -> dict[str, np.ndarray]:
    """(T, O), (T, O) -> four measures a step (T,): the paper's "RMS" stands for more than one of them."""
    difference = np.abs(targets - outputs)
    sse = (difference**2).sum(axis=1)
    return {
        "sse": sse,
        "abs": difference.sum(axis=1),
        "norm": np.sqrt(sse),
        "rms_unit": np.sqrt(sse / outputs.shape[1]),
    }


def averages(values: Mapping[str, np.ndarray], prefix: str = "") -> dict[str, float]:
    return {f"{prefix}{name}": float(value.mean()) for name, value in values.items()}


# --- Exclusive or in time (pp. 185-187) -------------------------------------------------------------------------------


class XorSettings(NetworkSettings):
    triples: int = Field(gt=0)
    windows: int = Field(gt=0)  # of 12 steps, in the test


def xor(run: "Run", settings: XorSettings) -> None:
    """Predict the next bit of a stream in which every third is the exclusive or of the two before it."""

    def trial(seed: int) -> Outcome:
        stream = tasks.xor_stream(settings.triples, seed, "train")
        network = learn(run, settings, seed, stream, tasks.next_step(stream))
        test = tasks.xor_stream(4 * settings.windows, seed, "test")
        outputs, hidden = network.run(test)
        target = tasks.next_step(test)
        cycle = errors(outputs, target)["sse"].reshape(settings.windows, 12)

        bits = test[1:, 0].astype(int), test[:-1, 0].astype(int)
        changed = bits[0] ^ bits[1]
        right = (outputs[1:, 0] > 0.5) == changed
        pair = 2 * bits[1] + bits[0]
        with np.errstate(invalid="ignore"):
            correlation = np.corrcoef(np.vstack([changed, hidden[1:].T]))[0, 1:]
        metrics = {
            "sse_by_position": cycle.mean(axis=0),
            "sse_by_position_100": cycle[:100].mean(axis=0),
            "xor_everywhere": float(right.mean()),
            "xor_by_pair": [float(right[pair == k].mean()) for k in range(4)],
            "change_correlation": np.nan_to_num(correlation),
        }
        return Outcome(metrics)

    run.for_each_seed(trial)


# --- Letter sequences: ba, dii, guuu (pp. 187-190) --------------------------------------------------------------------


class LettersSettings(NetworkSettings):
    consonants: int = Field(gt=0)


def letters(run: "Run", settings: LettersSettings) -> None:
    """Predict the features of the next letter where the consonant says how many vowels follow."""

    def trial(seed: int) -> Outcome:
        train = tasks.letter_vectors(tasks.letter_sequence(settings.consonants, seed, "train"))
        network = learn(run, settings, seed, train, tasks.next_step(train))
        text = tasks.letter_sequence(settings.consonants, seed, "test")
        test = tasks.letter_vectors(text)
        outputs, _ = network.run(test)
        drawn = tasks.letter_vectors(text + "b" + tasks.FIGURE_4)
        drawn_squared = (drawn[1:] - network.run(drawn)[0][:-1])[-len(tasks.FIGURE_4) :] ** 2
        target = tasks.next_step(test)
        squared = (target - outputs) ** 2
        at_consonant = target[:, 0] == 1
        metrics = {
            **averages({name: e[at_consonant] for name, e in errors(outputs, target).items()}, "consonant_"),
            **averages({name: e[~at_consonant] for name, e in errors(outputs, target).items()}, "vowel_"),
            "bits_at_consonants": squared[at_consonant].mean(axis=0),
            "bits_at_vowels": squared[~at_consonant].mean(axis=0),
            "bits": squared.mean(axis=0),
            "consonant_next_accuracy": float(((outputs[:, 0] > 0.5) == at_consonant).mean()),
        }
        return Outcome(metrics, {"figure_4_squared": drawn_squared})

    run.for_each_seed(trial)


# --- Letters in words (pp. 191-194) -----------------------------------------------------------------------------------


class WordsSettings(NetworkSettings):
    sentences: int = Field(gt=0)
    reading: Literal["w2", "w1"]


def words(run: "Run", settings: WordsSettings) -> None:
    """Predict the next letter of running text without spaces; the error should tell where words begin."""

    def trial(seed: int) -> Outcome:
        stream = tasks.word_stream(settings.sentences, seed, settings.reading)
        inputs = tasks.alphabet_vectors(stream.letters)
        target = tasks.next_step(inputs)
        network = learn(run, settings, seed, inputs, target)
        outputs, _ = network.run(inputs)
        # Row t of these belongs to the letter predicted at step t, which is letter t + 1 of the stream.
        by_letter = {name: np.roll(e, 1) for name, e in errors(outputs, target).items()}
        sse, onset = by_letter["sse"], stream.onset
        rank = mannwhitneyu(sse[onset], sse[~onset]).statistic / (onset.sum() * (~onset).sum())
        metrics = {
            "n_words": stream.n_words,
            "n_letters": len(stream.letters),
            **averages(by_letter),
            **averages({name: e[onset] for name, e in by_letter.items()}, "onset_"),
            **averages({name: e[~onset] for name, e in by_letter.items()}, "inside_"),
            "sse_by_place": [float(sse[stream.place == place].mean()) for place in range(1, 7)],
            "abs_by_place": [float(by_letter["abs"][stream.place == place].mean()) for place in range(1, 7)],
            "sse_third_and_later": float(sse[stream.place >= 3].mean()),
            "onset_auc": float(rank),
            "onset_above_previous": float((sse[1:] > sse[:-1])[onset[1:]].mean()),
            "floors": [tasks.conditional_floor(stream.letters, inputs, order) for order in (1, 2, 3)],
        }
        return Outcome(
            metrics, {"story_abs": by_letter["abs"][: sum(len(word) for sentence in tasks.STORY for word in sentence)]}
        )

    run.for_each_seed(trial)


# --- Lexical classes from word order (pp. 194-207) --------------------------------------------------------------------


class LexiconSettings(NetworkSettings):
    reading: Literal["g2", "g1", "g2a", "g2w", "g1n", "g1h"]
    templates: Literal[15, 16] = 16
    sentences: int = Field(gt=0)
    shuffled_codes: bool = False
    token_sample: int = Field(gt=1)
    watch_classes: bool = False  # measure the noun-verb split after every logged pass


def lexicon(run: "Run", settings: LexiconSettings) -> None:
    """Predict the next word; then look at the hidden states of words, of single tokens, and of a word never seen."""
    grammar = Grammar(settings.reading, settings.templates)
    exact = grammar.successors()

    def trial(seed: int) -> Outcome:
        corpus = grammar.sentences(settings.sentences, seed, "corpus")
        codes = generator(seed, "codes").permutation(N_BITS) if settings.shuffled_codes else np.arange(N_BITS)
        stream = [word for sentence in corpus for word in sentence]
        inputs = word_vectors(stream)[:, codes]

        def classes(network: Trained) -> dict[str, float]:
            means = tokens.word_means(network.run(inputs)[1], corpus)
            split = {f"split_{method}": float(trees.splits_at_root(trees.tree(means, method))) for method in trees.LINKAGES}
            return {"silhouette": trees.noun_verb_silhouette(means), **split}

        target = tasks.next_step(inputs)
        network = learn(run, settings, seed, inputs, target, classes if settings.watch_classes else lambda _: {})
        outputs, hidden = network.run(inputs)
        means = tokens.word_means(hidden, corpus)

        unseen = grammar.sentences(settings.sentences, seed, "zog")
        renamed = ["zog" if word == "man" else word for sentence in unseen for word in sentence]
        zog_means = tokens.word_means(network.run(word_vectors(renamed)[:, codes])[1], unseen)

        metrics = {
            "n_words": len(stream),
            "n_distinct_sentences": len(set(corpus)),
            **averages(errors(outputs, target)),
            **against_likelihoods(outputs, {
                "l1": likelihoods(corpus, pool_endings=False)[:, codes],
                "l2": likelihoods(corpus, pool_endings=True)[:, codes],
                "exact": np.array([exact[prefix] for prefix in prefixes(corpus)])[:, codes],
            }),
            **tokens.token_measures(hidden, corpus, settings.token_sample, seed),
            **tokens.zog_measures(means, zog_means),
        }  # fmt: skip
        arrays = {"means": means.astype(np.float32)}
        if seed == FIRST_SEED:  # the network that figures 8 and 9 show
            arrays |= {"zog_means": zog_means.astype(np.float32), **tokens.drawn_tokens(hidden, corpus)}
        return Outcome(metrics, arrays)

    run.for_each_seed(trial)


def against_likelihoods(outputs: np.ndarray, likelihoods: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """(T, 31) against each (T, 31): squared error and cosine, mean and standard deviation over the words of the stream."""
    found: dict[str, Any] = {}
    for name, likelihood in likelihoods.items():
        sse = errors(outputs, likelihood)["sse"]
        norms = np.linalg.norm(outputs, axis=1) * np.linalg.norm(likelihood, axis=1)
        cosine = (outputs * likelihood).sum(axis=1) / norms
        found |= {f"{name}_sse": sse.mean(), f"{name}_sse_sd": sse.std()}
        found |= {f"{name}_cosine": cosine.mean(), f"{name}_cosine_sd": cosine.std()}
    return found
