import json
import os
from pathlib import Path

import numpy as np
import pytest

from common.atomic import replace_folder, replacing, to_json, write_json, write_text


def test_a_file_and_the_folders_above_it_appear(tmp_path: Path) -> None:
    write_text(tmp_path / "a" / "b.txt", "größer\n")
    assert (tmp_path / "a" / "b.txt").read_bytes() == "größer\n".encode()
    assert os.listdir(tmp_path / "a") == ["b.txt"]


def test_a_failure_in_mid_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "numbers.txt"
    write_text(path, "old")

    def write() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half of the n")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["numbers.txt"]


def test_the_old_file_stays_whole_until_the_new_one_is_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "numbers.txt"
    write_text(path, "old")
    seen = []

    def watched(call):
        def calling(*arguments):
            seen.append((call.__name__, path.read_text()))
            return call(*arguments)

        return calling

    monkeypatch.setattr(os, "fsync", watched(os.fsync))
    monkeypatch.setattr(os, "replace", watched(os.replace))
    write_text(path, "new")
    assert seen == [("fsync", "old"), ("replace", "old"), ("fsync", "new")]  # the file, its name, its folder


def test_a_system_error_names_the_file_that_was_to_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space") as caught, replacing(tmp_path / "a.txt"):
        raise OSError(28, "No space left on device")
    assert caught.value.filename == str(tmp_path / "a.txt")


def test_a_number_that_is_not_finite_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    write_json(path, {"sse": [1.5, None]})
    for value in (float("nan"), float("inf"), np.float32("nan"), np.array([1.0, np.nan])):
        with pytest.raises(ValueError, match="not JSON compliant"):
            write_json(path, {"sse": [value]})
    assert json.loads(path.read_text()) == {"sse": [1.5, None]}
    assert os.listdir(tmp_path) == ["metrics.json"]


def test_numpy_values_are_written_as_plain_ones() -> None:
    values = {"a": np.arange(2), "b": np.float64(0.1), "c": np.int64(3), "d": np.bool_(True)}
    assert json.loads(to_json(values)) == {"a": [0, 1], "b": 0.1, "c": 3, "d": True}


def test_a_folder_takes_the_place_of_an_older_one_whole(tmp_path: Path) -> None:
    final, partial = tmp_path / "100-101", tmp_path / "100-101.partial"
    for folder, name in ((final, "old.txt"), (partial, "new.txt")):
        folder.mkdir()
        (folder / name).write_text(name)
    replace_folder(partial, final)
    assert os.listdir(tmp_path) == ["100-101"]
    assert os.listdir(final) == ["new.txt"]


def test_a_folder_that_was_moved_aside_by_a_killed_process_does_not_stand_in_the_way(tmp_path: Path) -> None:
    (tmp_path / ".100.old" / "inner").mkdir(parents=True)
    for name in ("100", "100.partial"):
        (tmp_path / name).mkdir()
    replace_folder(tmp_path / "100.partial", tmp_path / "100")
    assert os.listdir(tmp_path) == ["100"]
