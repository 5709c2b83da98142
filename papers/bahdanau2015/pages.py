"""A look inside the four models, sentence by sentence: the data that page_attention.js shows."""

from typing import Any

from common.data.vocabulary import SPECIALS, UNK
from common.draw import Page
from common.results import NotRunError, Results
from papers.bahdanau2015.measures import HEADLINE, LIMITS, STAND_IN

# Our run -> its name with its limit, in the order of a two by two table.
MODELS = {
    "search_long": "RNNsearch-{long}",
    "encdec_long": "RNNencdec-{long}",
    "search_short": "RNNsearch-{short}",
    "encdec_short": "RNNencdec-{short}",
}


def page_attention(results: Results) -> Page:
    """Source, reference, and what each model read, wrote, might have written and looked at. A model whose trials all failed is absent."""
    corpus = HEADLINE[results.tier]
    runs = {model: results[f"{corpus}/{model}"] for model in MODELS}
    shown = {
        model: next(found for found in run.document("shown") if found is not None) for model, run in runs.items() if run.trained
    }
    if not shown:
        raise NotRunError(f"every trial of the four models failed on {corpus}")
    by_length = sorted(map(list, zip(*shown.values(), strict=True)), key=lambda readings: len(readings[0]["source"]))
    data = {
        "models": [{"name": MODELS[model].format(**LIMITS[corpus]), "attends": model.startswith("search")} for model in shown],
        "sentences": [_sentence(readings) for readings in by_length],
    }
    caption = (
        f"{len(data['sentences'])} test sentences from short to long, in English, and what becomes of them in French: with "
        f"attention (RNNsearch) and without (RNNencdec), trained on sentences of at most {LIMITS[corpus]['short']} and "
        f"{LIMITS[corpus]['long']} words. {STAND_IN[corpus]}Each model is the first seed that was trained to the end."
    )
    return Page(data, caption)


def _sentence(readings: list[dict[str, Any]]) -> dict[str, Any]:
    """One sentence in all models. Probabilities and weights in thousandths."""
    assert all(one["reference"] == readings[0]["reference"] for one in readings)
    known = [set(words) - {SPECIALS[UNK]} for words in zip(*(one["source"] for one in readings), strict=True)]
    return {
        "source": [min(words, default=SPECIALS[UNK]) for words in known],  # a model with a shorter list reads UNK for some
        "reference": readings[0]["reference"],
        "readings": [
            {
                "source": one["source"],
                "words": one["words"],
                "choices": [[[word, round(1000 * p)] for word, p in step] for step in one["choices"]],
                "weights": [[round(1000 * weight) for weight in row] for row in one["alpha"]],
            }
            for one in readings
        ],
    }
