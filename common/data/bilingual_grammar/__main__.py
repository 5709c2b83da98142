"""`python -m common.data.bilingual_grammar` writes docs/bilingual_grammar.md: samples that people can read through."""

from pathlib import Path

from common.atomic import write_text
from common.catalogue import ROOT
from common.data.bilingual_grammar import BINS, Pair, detokenise, generate, paraphrases

PAGE = ROOT / "docs" / "bilingual_grammar.md"
HEAD = """# The stand-in corpus: forty samples

Generated text of our own, from the synchronous grammar in `common/data/bilingual_grammar`; nothing here is quoted from anywhere. It stands
in for a translation corpus where none can be fetched. The grammar is meant to be sound in both languages; what they say need not be
true, or wise. This page is written by `python -m common.data.bilingual_grammar`.

| English tokens | English | French |
|---|---|---|
"""


def _row(pair: Pair) -> str:
    english, french = detokenise(pair)
    return f"| {len(pair.source)} | {english} | {french} |\n"


def page() -> str:
    """Forty sentences, four of each bin of length, then pairs that say one thing in two ways."""
    rows = [pair for seed, bounds in enumerate(BINS) for pair in generate(4, seed, bounds)]
    text = HEAD + "".join(_row(pair) for pair in sorted(rows, key=lambda pair: len(pair.source)))
    text += "\n## One meaning, said in two ways\n\n| change | English | French |\n|---|---|---|\n"
    for change in ("passive", "fronting"):
        for pairs in paraphrases(3, seed=0, change=change):
            english, french = zip(*map(detokenise, pairs), strict=True)
            text += f"| {change} | {'<br>'.join(english)} | {'<br>'.join(french)} |\n"
    return text


def main() -> None:
    write_text(Path(PAGE), page())
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
