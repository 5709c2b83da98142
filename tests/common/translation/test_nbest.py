from pathlib import Path

import numpy as np
import pytest

from common.errors import UserError
from common.translation.nbest import Candidate, read_nbest, write_nbest

CANDIDATES = [
    Candidate(0, ("le", "chat", "#", "été"), {"lm": (-1.5,), "tm": (-0.1, -2.0, 1e-17)}, -3.25),
    Candidate(0, (), {}, 0.1 + 0.2),
    Candidate(2, ("=", "|", "a=", "||"), {"none": ()}, -1e300),
]


def test_a_list_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "list"
    write_nbest(path, CANDIDATES)
    assert list(read_nbest(path)) == CANDIDATES
    first = path.read_text(encoding="utf-8").split("\n")[0]
    assert first == "0 ||| le chat # été ||| lm= -1.5 tm= -0.1 -2.0 1e-17 ||| -3.25"


def test_numbers_of_numpy_are_written_as_numbers(tmp_path: Path) -> None:
    write_nbest(tmp_path / "list", [Candidate(0, ("a",), {"lm": (np.float64(-1),)}, np.float32(-0.5))])
    assert (tmp_path / "list").read_text() == "0 ||| a ||| lm= -1.0 ||| -0.5\n"


def test_a_list_of_moses_is_read(tmp_path: Path) -> None:
    (tmp_path / "list").write_text(
        "0 ||| the cat  ||| LexicalReordering0= -1 -2 0 Distortion0= 0 LM0= -12.5 ||| -7.5\n1 |||  |||  ||| 0\n"
    )
    first, second = read_nbest(tmp_path / "list")
    assert first.tokens == ("the", "cat")
    assert first.features == {"LexicalReordering0": (-1, -2, 0), "Distortion0": (0,), "LM0": (-12.5,)}
    assert second == Candidate(1, (), {}, 0)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"1 ||| a ||| lm= -1\n", "3 fields"),
        (b"1 ||| a ||| lm= -1 ||| 2 ||| 0-0\n", "5 fields"),
        (b"x ||| a ||| lm= -1 ||| 2\n", "'x' is not the number of a sentence"),
        (b"-1 ||| a ||| lm= -1 ||| 2\n", "'-1' is not the number of a sentence"),
        (b"1 ||| a ||| lm= ? ||| 2\n", r"'\?' is not a number"),
        (b"1 ||| a ||| -1 ||| 2\n", "'-1' stands where a feature's name"),
        (b"1 ||| a ||| lm= 1 lm= 2 ||| 2\n", "feature 'lm' occurs twice"),
        (b"1 ||| a ||| = 1 ||| 2\n", "'' cannot stand"),
        (b"1 ||| a ||| lm= nan ||| 2\n", "the number nan is not finite"),
        (b"1 ||| a ||| lm= 1 ||| -inf\n", "the number -inf is not finite"),
        (b"1 ||| a ||| lm= 1 |||\n", "'' is not a number"),
        (b"0 ||| a ||| lm= 1 ||| 2\n", "sentence 0 comes after sentence 1"),
        (b"1 ||| \xe9 ||| lm= 1 ||| 2\n", "not UTF-8"),
        (b"1 ||| a ||| lm= 1 ||| 2", "the line is cut"),
        (b"\n", "1 fields"),
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: bytes, says: str) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"1 ||| a ||| lm= 1 ||| 2\n" + line)
    with pytest.raises(UserError, match=f"list, line 2: .*{says}") as error:
        list(read_nbest(path))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("candidate", "says"),
    [
        (Candidate(1, ("a b",), {}, 0), "'a b' cannot stand"),
        (Candidate(1, ("",), {}, 0), "'' cannot stand"),
        (Candidate(1, ("a|||b",), {}, 0), "cannot stand"),
        (Candidate(1, ("a",), {"l m": (1,)}, 0), "'l m' cannot stand"),
        (Candidate(1, ("a",), {"": (1,)}, 0), "'' cannot stand"),
        (Candidate(1, ("a",), {}, float("nan")), "not finite"),
        (Candidate(0, ("a",), {}, 0), "sentence 0 comes after sentence 1"),
    ],
)
def test_what_cannot_be_read_back_is_not_written(tmp_path: Path, candidate: Candidate, says: str) -> None:
    with pytest.raises(UserError, match=f"candidate 2: .*{says}"):
        write_nbest(tmp_path / "list", [Candidate(1, ("a",), {}, 0), candidate])
    assert list(tmp_path.iterdir()) == []


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="list does not exist"):
        next(read_nbest(tmp_path / "list"))
