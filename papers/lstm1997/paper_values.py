"""The rows of the paper's tables 1 to 9, and which of our runs stands beside each."""

from typing import NamedTuple


class Row(NamedTuple):
    """says: method or condition. run: ours, None where the row is quoted only. success: share; sequences: to success.

    wrong: of 2560 new sequences. first: sequences until ST1 held. note: what the paper prints in place of a number, or says of it.
    """

    says: str
    run: str | None
    success: float | None = None
    sequences: int | None = None
    wrong: float | None = None
    first: int | None = None
    note: str = ""


TABLE_1 = [
    Row("RTRL, 3 units (Smith and Zipser 1989)", None, None, 173_000, note="some fraction; quoted"),
    Row("RTRL, 12 units (Smith and Zipser 1989)", None, None, 25_000, note="some fraction; quoted"),
    Row("Elman net, 15 units (Cleeremans et al. 1989)", "reber/elman", 0.0, note="more than 200,000; quoted"),
    Row("recurrent cascade-correlation (Fahlman 1991)", None, 0.5, 182_000, note="quoted"),
    Row("LSTM, 4 blocks of 1, rate 0.1", "reber/4x1_rate_01", 1.0, 39_740),
    Row("LSTM, 3 blocks of 2, rate 0.1", "reber/3x2_rate_01", 1.0, 21_730),
    Row("LSTM, 3 blocks of 2, rate 0.2", "reber/3x2_rate_02", 0.97, 14_060),
    Row("LSTM, 4 blocks of 1, rate 0.5", "reber/4x1_rate_05", 0.97, 9_500),
    Row("LSTM, 3 blocks of 2, rate 0.5", "reber/3x2_rate_05", 1.0, 8_440),
    Row("back-propagation through time, 15 units", "reber/bptt", note="not in the paper"),
    Row("LSTM 3x2, 0.5, changes after each string", "reber/per_sequence", note="a reading"),
    Row("LSTM 3x2, 0.1, ranges of table 10's legend", "reber/table_10", note="a reading"),
    Row("LSTM 3x2, 0.1, output errors without f'", "reber/without_slope", note="a reading"),
    Row("LSTM 3x2, 0.03, both of these", "reber/both_readings", note="a reading"),
]
TABLE_2 = [
    Row("RTRL, lag 4, rate 1", "lag/rtrl_4_rate_1", 0.78, 1_043_000),
    Row("RTRL, lag 4, rate 4", "lag/rtrl_4_rate_4", 0.56, 892_000),
    Row("RTRL, lag 4, rate 10", "lag/rtrl_4_rate_10", 0.22, 254_000),
    Row("RTRL, lag 4, rate 40", "lag/rtrl_4_rate_40", note="not in the paper"),
    Row("RTRL, lag 4, rate 100", "lag/rtrl_4_rate_100", note="not in the paper"),
    Row("RTRL, lag 10, rate 1", "lag/rtrl_10_rate_1", 0.0, note="more than 5,000,000"),
    Row("RTRL, lag 10, rate 4", "lag/rtrl_10_rate_4", 0.0, note="more than 5,000,000"),
    Row("RTRL, lag 10, rate 10", "lag/rtrl_10_rate_10", 0.0, note="more than 5,000,000"),
    Row("RTRL, lag 100", None, 0.0, note="more than 5,000,000; not run here"),
    Row("BPTT, lag 100", None, 0.0, note="more than 5,000,000; not run here"),
    Row("chunker, lag 100", None, 0.33, 32_400, note="not run here"),
    Row("LSTM, lag 100", "lag/lstm_100", 1.0, 5_040),
    Row("LSTM, lag 100, errors without f', cell from the start", "lag/without_slope", note="a reading"),
    Row("BPTT, lag 4, rate 10", "lag/bptt_4", note="not in the paper"),
    Row("BPTT, lag 10, rate 10", "lag/bptt_10", note="not in the paper"),
    Row("Elman net, lag 4, rate 10", "lag/elman_4", note="not in the paper"),
    Row("Elman net, lag 10, rate 10", "lag/elman_10", note="not in the paper"),
    Row("LSTM, 2b, lag 100", "random_inner/lstm", 1.0, 5_680, note="in words"),
    Row("LSTM, 2b, errors without f', cell from the start", "random_inner/without_slope", note="a reading"),
    Row("LSTM, 2b, the same, the last symbol the only target", "random_inner/last_target", note="a reading"),
]
TABLE_3 = [
    Row("q = 50, p = 50", "distractors/q50", None, 30_000),
    Row("q = 100, p = 100", "distractors/q100", None, 31_000),
    Row("q = 200, p = 200", "distractors/q200", None, 33_000),
    Row("q = 500, p = 500", "distractors/q500", None, 38_000),
    Row("q = 1000, p = 1000", "distractors/q1000", None, 49_000),
    Row("q = 1000, p = 500", "distractors/q1000_p500", None, 49_000),
    Row("q = 1000, p = 200", "distractors/q1000_p200", None, 75_000),
    Row("q = 1000, p = 100", "distractors/q1000_p100", None, 135_000),
    Row("q = 1000, p = 50", "distractors/q1000_p50", None, 203_000),
    Row("q = p = 50, ranges of table 10's legend", "distractors/q50_table_10", note="a reading"),
    Row("q = p = 50, the same and errors without f'", "distractors/q50_both_readings", note="a reading"),
    Row("q = p = 100, the same", "distractors/q100_both_readings", note="a reading"),
    Row("q = p = 200, the same", "distractors/q200_both_readings", note="a reading"),
    Row("q = p = 50, gates feed no hidden unit", "distractors/q50_no_gate_sources", note="a departure"),
    Row("q = p = 200, the same", "distractors/q200_no_gate_sources", note="a departure"),
    Row("q = p = 1000, the same", "distractors/q1000_no_gate_sources", note="a departure"),
]
# Shares of 2560 sequences, as wrong sequences a trial.
TABLE_4 = [
    Row("3a, T = 100, N = 3", "two_sequences/3a_n3", None, 39_850, 0.5, 27_380),
    Row("3a, T = 100, N = 1", "two_sequences/3a_n1", None, 64_330, 0.3, 58_370),
    Row("3a, T = 1000, N = 3", "two_sequences/3a_long", None, 452_460, 0.2, 446_850),
    Row("3a, T = 100, N = 3, one test set", "two_sequences/3a_n3_fixed", note="a reading"),
]
TABLE_5 = [
    Row("3b, T = 100, N = 3", "two_sequences/3b_n3", None, 43_250, 21.2, 41_740),
    Row("3b, T = 100, N = 1", "two_sequences/3b_n1", None, 78_430, 38.4, 74_950),
    Row("3b, T = 1000, N = 1", "two_sequences/3b_long", None, 485_080, 30.9, 481_060),
    Row("3b, T = 100, N = 3, one test set", "two_sequences/3b_n3_fixed", note="a reading"),
]
TABLE_6 = [
    Row("3c, T = 100, N = 3", "two_sequences/3c_n3", None, 269_650, 14.3),
    Row("3c, T = 100, N = 1", "two_sequences/3c_n1", None, 565_640, 11.3),
]
TABLE_7 = [
    Row("adding, T = 100", "adding/t100", None, 74_000, 1),
    Row("adding, T = 500", "adding/t500", None, 209_000, 0),
    Row("adding, T = 1000", "adding/t1000", None, 853_000, 1),
    Row("T = 100, logistic output", "adding/logistic", note="a reading"),
    Row("T = 100, logistic output, errors without f'", "adding/logistic_without_slope", note="a reading"),
    Row("T = 100, rate 0.1, as for products", "adding/rate_01", note="not in the paper"),
    Row("T = 100, bias of the first input gate −2 for −3", "adding/input_gate_2", note="hardly matters, in words"),
    Row("T = 100, bias of the first input gate −4.5", "adding/input_gate_45", note="the same"),
    Row("T = 100, cells without biases", "adding/unbiased_cells", note="a departure"),
    Row("T = 100, gates feed no hidden unit", "adding/no_gate_sources", note="a departure"),
    Row("T = 100, both: no constant sources", "adding/drift_free", note="a departure"),
    Row("T = 500, cells without biases", "adding/unbiased_cells_t500", note="a departure"),
    Row("T = 500, no constant sources", "adding/drift_free_t500", note="a departure"),
    Row("T = 1000, no constant sources", "adding/drift_free_t1000", note="a departure"),
    Row("T = 100, recurrent net, full gradient", "adding/simple", note="never solved, in words"),
    Row("T = 100, Elman net", "adding/elman", note="never solved, in words"),
]
TABLE_8 = [
    Row("multiplication, fewer than 140 of 2000 wrong", "adding/product", None, 482_000, 139),
    Row("multiplication, fewer than 13 of 2000 wrong", "adding/product_strict", None, 1_273_000, 14),
]
TABLE_9 = [
    Row("6a, two symbols", "order/6a", None, 31_390, 1),
    Row("6b, three symbols", "order/6b", None, 571_100, 2),
    Row("6b, output errors without f'", "order/6b_without_slope", note="a reading"),
]
# One change at a time, on the two experiments that come out as printed.
THEN_AND_NOW = [
    Row(f"{task}, {change}", f"{experiment}/{variant}")
    for task, experiment, printed in (("adding, T = 100", "adding", "t100"), ("order of two symbols", "order", "6a"))
    for change, variant in (
        ("as printed", printed),
        ("full gradient", "full_gradient"),
        ("Adam, rate 0.01, for plain steps of 0.5", "adam"),
        ("forget gates, bias 1", "forget_gates"),
        ("forget gates, bias 5", "forget_gates_open"),
    )
]

# Points of our key figure that the paper prints: minimal lag, share of trials that succeed; minimal lag, sequences to success.
FIGURE_LAG_SUCCESS = {
    "RTRL": [(4, 0.78), (4, 0.56), (4, 0.22), (10, 0.0), (100, 0.0)],
    "BPTT": [(100, 0.0)],
    "chunker": [(100, 0.33)],
    "LSTM": [(100, 1.0)],
}
FIGURE_LAG = {
    "RTRL": [(4, 1_043_000), (4, 892_000), (4, 254_000)],
    "chunker": [(100, 32_400)],
    "LSTM": [(100, 5_040)],
    "LSTM, distractors": [(51, 30_000), (101, 31_000), (201, 33_000), (501, 38_000), (1001, 49_000)],
    "LSTM, adding": [(50, 74_000), (250, 209_000), (500, 853_000)],
}
