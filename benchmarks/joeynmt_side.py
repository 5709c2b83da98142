"""JoeyNMT's side of `translation.py`, run by the Python of an environment in which JoeyNMT is installed.

    PYTHON benchmarks/joeynmt_side.py PROBLEM.json

Builds the model of the problem, then reads one JSON list a line and answers each with one JSON object:
["train", kind, first, last] takes these updates, ["search", beam] translates once. Nothing else of the project is imported.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from joeynmt.batch import Batch
from joeynmt.builders import build_gradient_clipper, build_optimizer
from joeynmt.model import Model, build_model
from joeynmt.search import search
from joeynmt.vocabulary import Vocabulary

UNK, PAD, BOS, EOS = 0, 1, 2, 3
SYMBOLS = SimpleNamespace(
    unk_token="<unk>", pad_token="<pad>", bos_token="<s>", eos_token="</s>", sep_token=None,
    unk_id=UNK, pad_id=PAD, bos_id=BOS, eos_id=EOS, lang_tags=[],
)  # fmt: skip


def model_of(words: int, m: int, n: int) -> Model:
    """words: the vocabulary of either side, special symbols included; m: embedding; n: hidden units."""
    vocabulary = Vocabulary([f"w{place}" for place in range(words - 4)], SYMBOLS)
    embeddings = {"embedding_dim": m, "scale": False, "dropout": 0.0}
    unit = {"type": "recurrent", "rnn_type": "gru", "hidden_size": n, "num_layers": 1, "dropout": 0.0, "embeddings": embeddings}
    decoder = {"attention": "bahdanau", "input_feeding": True, "init_hidden": "bridge", "hidden_dropout": 0.0}
    config = {"encoder": {**unit, "bidirectional": True}, "decoder": {**unit, **decoder}}
    model = build_model(config, vocabulary, vocabulary)
    model.loss_function = ("crossentropy", 0.0)
    return model


def batch_of(source: list[list[int]], target: list[list[int]] | None) -> Batch:
    """What its loader hands to its trainer: rows end in EOS and are filled up with PAD, a target begins with BOS."""

    def rows(sentences: list[list[int]]) -> torch.Tensor:
        longest = max(map(len, sentences))
        return torch.tensor([sentence + [PAD] * (longest - len(sentence)) for sentence in sentences])

    source = [[*sentence, EOS] for sentence in source]
    return Batch(
        src=rows(source),
        src_length=torch.tensor([len(sentence) for sentence in source]),
        src_prompt_mask=None,
        trg=None if target is None else rows([[BOS, *sentence, EOS] for sentence in target]),
        trg_prompt_mask=None,
        indices=torch.arange(len(source)),
        device=torch.device("cpu"),
        pad_index=PAD,
        eos_index=EOS,
        is_train=target is not None,
    )


class Side:
    def __init__(self, problem: dict[str, Any]):
        torch.set_num_threads(1)
        torch.manual_seed(0)
        self.problem, self.model = problem, model_of(problem["words"], problem["m"], problem["n"])
        settings = {"optimizer": "adam", "learning_rate": problem["learning_rate"]}
        self.clip = build_gradient_clipper({"clip_grad_norm": problem["clip"], "clip_grad_val": None})
        self.optimiser = build_optimizer(settings, self.model.parameters())

    def train(self, kind: str, first: int, last: int) -> dict[str, float]:
        """The calls of its trainer's loop, the padding of the batches left out of the time."""
        self.model.train()
        batches = [batch_of(*pairs) for pairs in self.problem["batches"][kind][first:last]]
        losses: list[float] = []

        def work() -> None:
            for batch in batches:
                batch.sort_by_src_length()
                loss, _, _, correct = self.model(return_type="loss", **vars(batch))
                loss = batch.normalize(loss, normalization="tokens")
                loss.backward()
                losses.append(loss.item())
                correct.item()
                self.clip(parameters=self.model.parameters())
                self.optimiser.step()
                self.model.zero_grad()

        return {**timed(work), "nll": losses[-1]}

    def search(self, beam: int) -> dict[str, float]:
        self.model.eval()
        batch, length = batch_of(self.problem["sources"], None), self.problem["length"]
        found: list[Any] = []

        def work() -> None:
            found.append(search(self.model, batch, length, beam, 0.0, min_output_length=length - 1)[0])

        return {**timed(work), "tokens": found[0].shape[1]}


def timed(work: Callable[[], None]) -> dict[str, float]:
    """seconds on the clock, and of this process on a processor."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}


def main() -> None:
    logging.disable()
    side = Side(json.loads(Path(sys.argv[1]).read_text()))
    actions: dict[str, Callable[..., dict[str, float]]] = {"train": side.train, "search": side.search}
    print(json.dumps({"parameters": sum(parameter.numel() for parameter in side.model.parameters())}), flush=True)
    for line in sys.stdin:
        action, *arguments = json.loads(line)
        print(json.dumps(actions[action](*arguments)), flush=True)


if __name__ == "__main__":
    main()
