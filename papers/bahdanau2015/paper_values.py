"""What the paper (arXiv 1409.0473v7) gives in numbers, in one place for its figures, tables and claims.

Tables are as printed. Figure 2 was read off the curves of the vector drawing (to about 0.01 BLEU, kept to 0.1), figure 3 off
the grey levels of its images (to about 0.02). What follows from those readings is marked as derived. "enc" and "encdec" are
one model, called RNNencdec in the text and in table 1, RNNenc in table 2 and figure 2: RNNenc here.
"""

from dataclasses import dataclass

import numpy as np

# Table 1: BLEU on newstest2014, of all sentences and of those without unknown words (where models may not say UNK either).
TABLE_1 = {
    "RNNenc-30": (13.93, 24.19),
    "RNNsearch-30": (21.50, 31.44),
    "RNNenc-50": (17.82, 26.71),
    "RNNsearch-50": (26.75, 34.16),
    "RNNsearch-50*": (28.45, 36.15),
    "Moses": (33.30, 35.63),
}


@dataclass(frozen=True)
class Learning:
    """A row of table 2. updates: in units of 10^5; train_nll, valid_nll: nats per sentence."""

    updates: float
    epochs: float
    hours: float
    gpu: str
    train_nll: float
    valid_nll: float


TABLE_2 = {
    "RNNenc-30": Learning(8.46, 6.4, 109, "TITAN BLACK", 28.1, 53.0),
    "RNNenc-50": Learning(6.00, 4.5, 108, "Quadro K-6000", 44.0, 43.6),
    "RNNsearch-30": Learning(4.71, 3.6, 113, "TITAN BLACK", 26.7, 47.2),
    "RNNsearch-50": Learning(2.88, 2.2, 111, "Quadro K-6000", 40.7, 38.1),
    "RNNsearch-50*": Learning(6.67, 5.0, 252, "Quadro K-6000", 36.7, 35.2),
}

# Figure 2, read off: BLEU at sentence lengths 0 to 59. Neighbouring points are smoothed, over a window that the paper does
# not state; nor does it say whose length the axis shows.
FIGURE_2 = {
    "RNNsearch-50": (
        12.6, 15.9, 18.3, 18.7, 20.2, 20.8, 22.2, 23.3, 23.8, 24.3, 24.7, 24.8, 25.2, 25.7, 26.1, 26.3, 26.4, 26.6, 26.5, 26.6,
        26.9, 27.1, 27.1, 27.4, 27.6, 27.6, 27.6, 27.6, 27.7, 27.8, 27.5, 27.3, 27.0, 27.1, 27.0, 26.5, 26.6, 26.8, 26.9, 26.6,
        26.8, 26.8, 26.4, 27.0, 27.1, 26.7, 26.9, 26.3, 26.1, 25.9, 26.2, 26.3, 26.8, 27.5, 26.4, 26.4, 26.6, 27.2, 26.2, 26.4,
    ),
    "RNNsearch-30": (
        17.2, 18.8, 20.5, 20.1, 21.7, 21.4, 23.1, 24.5, 24.8, 24.7, 25.2, 25.4, 25.6, 26.2, 26.6, 26.5, 26.7, 26.8, 26.6, 26.6,
        27.0, 26.7, 26.5, 26.6, 26.3, 26.1, 25.5, 25.1, 24.6, 24.0, 23.4, 22.6, 21.9, 21.3, 20.1, 19.3, 18.6, 18.2, 17.3, 16.2,
        15.4, 14.7, 13.9, 13.6, 13.1, 12.5, 11.5, 10.5, 10.2, 9.8, 9.7, 9.4, 9.5, 9.3, 8.5, 8.1, 7.8, 8.1, 7.7, 7.6,
    ),
    "RNNenc-50": (
        15.6, 17.3, 17.5, 18.0, 18.6, 18.6, 19.7, 20.6, 20.8, 20.5, 21.1, 21.1, 21.2, 21.8, 22.4, 22.4, 22.4, 22.4, 22.2, 22.2,
        22.5, 22.2, 21.9, 21.9, 21.5, 20.9, 20.4, 20.3, 19.9, 19.6, 19.0, 18.6, 18.1, 17.9, 17.4, 16.8, 16.3, 16.0, 15.2, 14.4,
        13.9, 13.4, 12.7, 12.4, 11.6, 10.4, 10.0, 9.5, 9.1, 8.9, 9.0, 8.2, 8.3, 7.9, 7.3, 7.5, 7.3, 6.7, 6.5, 6.5,
    ),
    "RNNenc-30": (
        13.5, 17.1, 17.3, 17.5, 18.8, 19.5, 20.6, 21.2, 21.4, 21.4, 21.4, 21.1, 21.2, 21.5, 21.9, 21.7, 21.6, 21.4, 21.0, 20.9,
        20.7, 20.3, 20.0, 19.7, 19.1, 18.4, 17.5, 16.9, 16.0, 15.2, 14.3, 13.4, 12.7, 11.8, 10.7, 9.9, 9.1, 8.5, 7.6, 6.9,
        6.5, 5.9, 5.6, 5.3, 5.1, 4.5, 4.0, 3.6, 3.6, 3.6, 3.3, 3.0, 2.8, 2.4, 2.1, 1.9, 1.8, 2.0, 2.0, 1.6,
    ),
}  # fmt: skip

# Derived from figure 2: mean BLEU at lengths 0-9, 10-19, .., 50-59; the maximum and its length.
FIGURE_2_MEANS = {
    "RNNsearch-50": (20.0, 25.9, 27.5, 26.9, 26.6, 26.6),
    "RNNsearch-30": (21.7, 26.2, 25.8, 19.9, 12.5, 8.6),
    "RNNenc-50": (18.7, 21.9, 21.1, 17.0, 11.2, 7.5),
    "RNNenc-30": (18.8, 21.4, 18.4, 10.5, 4.8, 2.3),
}
FIGURE_2_MAXIMUM = {
    "RNNsearch-50": (27.76, 29),
    "RNNsearch-30": (26.99, 20),
    "RNNenc-50": (22.47, 20),
    "RNNenc-30": (21.90, 14),
}


@dataclass(frozen=True)
class Panel:
    """A matrix of figure 3, read off, of RNNsearch-50.

    per_cent: target:source=weight, positions from 1, rows scaled to sum 100, weights of at least 9.5 only. The others are
    derived from all weights, before small ones were dropped: means over rows (entropy in nats), Spearman's correlation of
    target position and source position of the largest weight, share of the steps of the latter that do not go back.
    """

    source: str
    target: str
    per_cent: str
    row_maximum: float
    row_entropy: float
    spearman: float
    non_decreasing: float

    def alpha(self) -> np.ndarray:
        """Weights (T_y, T_x) from 0 to 1, end symbols included, 0 where they were dropped: rows sum to less than 1."""
        alpha = np.zeros((len(self.target.split()), len(self.source.split())))
        for row in self.per_cent.split(";"):
            target, weights = row.split(":")
            for weight in weights.split():
                source, value = weight.split("=")
                alpha[int(target) - 1, int(source) - 1] = int(value) / 100
        return alpha


FIGURE_3 = {
    "a": Panel(
        source="The agreement on the European Economic Area was signed in August 1992 . <end>",
        target="L' accord sur la zone économique européenne a été signé en août 1992 . <end>",
        per_cent=(
            "1:1=51 2=14 9=14; 2:2=90; 3:3=58; 4:4=62 7=28; 5:7=71 6=25; 6:6=76 5=21; 7:5=98; 8:8=62 9=24; 9:9=53 "
            "8=41; 10:9=92; 11:10=68 11=14; 12:11=97; 13:12=100; 14:13=33 10=17 8=13 9=11; 15:14=69 13=11"
        ),
        row_maximum=0.72,
        row_entropy=0.88,
        spearman=0.985,
        non_decreasing=0.86,
    ),
    "b": Panel(
        source="It should be noted that the marine environment is the least known of environments . <end>",
        target="Il convient de noter que l' environnement marin est le moins connu de l' environnement . <end>",
        per_cent=(
            "1:1=35 4=24; 2:2=87; 3:4=39 1=23 2=17 16=12; 4:4=88; 5:1=34 4=23 5=21; 6:6=66 8=25; 7:8=89; 8:7=97; "
            "9:9=86; 10:10=68 11=19; 11:11=52 14=23 12=17; 12:12=84 11=10; 13:14=50 13=31 12=10; 14:14=74 13=16; "
            "15:14=94; 16:15=40 16=23 11=12; 17:16=94"
        ),
        row_maximum=0.69,
        row_entropy=0.94,
        spearman=0.975,
        non_decreasing=0.88,
    ),
    "c": Panel(
        source="Destruction of the equipment means that Syria can no longer produce new chemical weapons . <end>",
        target="La destruction de l' équipement signifie que la Syrie ne peut plus produire de nouvelles armes chimiques . <end>",
        per_cent=(
            "1:1=81; 2:1=87; 3:2=73 3=18; 4:3=74 4=20; 5:4=94; 6:5=75; 7:6=49 1=21 7=17; 8:7=96; 9:7=99; 10:8=80 "
            "11=10; 11:11=51 8=48; 12:11=43 10=35; 13:11=95; 14:12=75 14=14; 15:12=69 14=27; 16:14=85 13=10; "
            "17:13=100; 18:15=72 16=12; 19:16=96"
        ),
        row_maximum=0.79,
        row_entropy=0.66,
        spearman=0.995,
        non_decreasing=0.94,
    ),
    "d": Panel(
        source='" This will change my future with my family , " the man said . <end>',
        target='" Cela va changer mon avenir avec ma famille " , a dit l\' homme . <end>',
        per_cent=(
            "1:2=24 16=17 1=15 12=10; 2:2=82 12=10; 3:4=70 3=17; 4:4=93; 5:5=92; 6:6=92; 7:7=96; 8:8=85 9=12; "
            "9:9=100; 10:10=40 14=20 11=17 7=10; 11:12=31 14=22 10=13 11=12; 12:12=49 14=20 13=14 11=13; 13:14=66 "
            "13=16 11=15; 14:13=51 12=33; 15:13=98; 16:14=72; 17:16=53 12=14"
        ),
        row_maximum=0.70,
        row_entropy=0.92,
        spearman=0.987,
        non_decreasing=0.94,
    ),
}
