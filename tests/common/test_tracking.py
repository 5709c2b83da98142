import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from common import tracking
from common.errors import UserError

FACTS: dict[str, Any] = {
    "job_type": "train",
    "group": "elman1990/lexicon",
    "name": "srn 100-101",
    "tags": ["laptop", "0123abc"],
    "config": {"passes": 3, "seeds": [100, 101]},
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home without a W&B login. What wandb puts there fails the test."""
    home = tmp_path / "home"
    home.mkdir()
    for name in [name for name in os.environ if name.startswith(("WANDB_", "XDG_", "ROAD_TRACK", "NETRC"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    yield home
    assert list(home.rglob("*")) == []


def inspect(folder: Path, *options: str) -> str:
    """What wandb itself reads in the one offline run below `folder`."""
    (run,) = folder.glob("wandb/offline-run-*")
    command = [sys.executable, "-m", "wandb", "leet", "inspect", "--json", *options, str(run)]
    env = {**os.environ, "WANDB_CACHE_DIR": str(folder / "cache")}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout


def summary(folder: Path) -> dict[str, Any]:
    return json.loads(inspect(folder, "--summary"))


def history(folder: Path) -> list[dict[str, Any]]:
    records = [json.loads(line) for line in inspect(folder).splitlines()]
    return [record["history"]["item"] for record in records if record["type"] == "history"]


def test_an_explicit_mode_goes_before_the_environment_and_that_before_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tracking.resolve_mode(None) == "off"
    monkeypatch.setenv("ROAD_TRACK", "offline")
    assert tracking.resolve_mode(None) == "offline"
    assert tracking.resolve_mode("off") == "off"
    with pytest.raises(UserError, match=r"^unknown tracking mode 'oflin': did you mean 'offline'\?$"):
        tracking.resolve_mode("oflin")


def test_online_without_a_key_says_what_to_do() -> None:
    with pytest.raises(UserError, match=r"^.* found none: set WANDB_API_KEY, or track offline$"):
        tracking.resolve_mode("online")


def test_a_key_counts_in_the_environment_in_netrc_and_in_the_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_BASE_URL", "https://wandb.example")
    (tmp_path / "netrc").write_text(f"machine wandb.example login user password {'k' * 40}\n")
    with monkeypatch.context() as patch:
        patch.setenv("NETRC", str(tmp_path / "netrc"))
        assert tracking.resolve_mode("online") == "online"
        patch.setenv("WANDB_BASE_URL", "https://other.example")
        with pytest.raises(UserError):
            tracking.resolve_mode("online")
    with monkeypatch.context() as patch:
        (tmp_path / "settings").write_text(f"[default]\napi_key = {'k' * 40}\n")
        patch.setenv("WANDB_CONFIG_DIR", str(tmp_path))
        assert tracking.resolve_mode("online") == "online"
    monkeypatch.setenv("WANDB_API_KEY", "k" * 40)
    assert tracking.resolve_mode("online") == "online"


def test_off_does_nothing_at_once_and_leaves_wandb_out(tmp_path: Path) -> None:
    program = """
import sys, time
from pathlib import Path
from common import tracking
before = time.monotonic()
folder = Path(sys.argv[1])
with tracking.start("off", job_type="train", group="g", name="n", tags=[], config={}, folder=folder) as tracker:
    tracker.log({"sse": 1.0}, step=1)
    tracker.summary({"sse": [1.0]})
    tracker.image("figure", Path("none.png"))
    tracker.table("words", ["word"], [["boy"]])
assert time.monotonic() - before < 0.1
assert "wandb" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "off")], check=True)
    assert not (tmp_path / "off").exists()


def test_offline_asks_nobody_and_waits_for_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    program = f"""
from pathlib import Path
from common import tracking
with tracking.start("offline", **{FACTS!r}, folder=Path({str(tmp_path)!r})) as tracker:
    tracker.log({{"sse": 1.0}}, step=1)
"""
    before = time.monotonic()
    ran = subprocess.run([sys.executable, "-c", program], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert time.monotonic() - before < 10
    assert (ran.stdout, ran.stderr) == ("", "")
    assert summary(tmp_path)["exit_code"] == 0


def test_an_offline_run_reads_back_as_it_was_told(tmp_path: Path) -> None:
    Image.new("L", (2, 1)).save(tmp_path / "tree.png")
    environment = dict(os.environ)
    with tracking.start("offline", **FACTS, folder=tmp_path) as tracker:
        for seed in (100, 101):
            for step in (1, 2):
                tracker.log({f"sse/{seed}": seed / step}, step)
        tracker.image("tree", tmp_path / "tree.png")
        tracker.table("words", ["word", "nouns"], [["boy", 1]])
        tracker.summary({"sse": [3.0, 1.0, None, float("nan")], "last": [5, 6], "curve": [[1, 2], [3, 4]], "note": ["a"]})
    assert dict(os.environ) == environment

    read = summary(tmp_path)
    assert read["config"] == FACTS["config"]
    assert read["tags"] == FACTS["tags"]
    assert (read["project"], read["name"]) == ("road-to-attention", "srn 100-101")
    assert {key: value for key, value in read["summary"].items() if key[0] != "_"} == {"sse": 2.0, "last": 5.5}
    items = history(tmp_path)
    logged = [{key: value for key, value in item.items() if key[0] != "_"} for item in items[:4]]
    assert logged == [
        {"sse/100": 100, "step": 1},
        {"sse/100": 50, "step": 2},
        {"sse/101": 101, "step": 1},
        {"sse/101": 50.5, "step": 2},
    ]
    assert items[4]["tree.format"] == "png"
    assert (items[5]["words.ncols"], items[5]["words.nrows"]) == (2, 1)


def test_every_chart_is_drawn_against_the_step_of_its_seed(tmp_path: Path) -> None:
    with tracking.start("offline", **FACTS, folder=tmp_path) as tracker:
        tracker.log({"sse/100": 1.0}, 7)
    metrics = [record["metric"] for line in inspect(tmp_path).splitlines() if "metric" in (record := json.loads(line))]
    assert [(metric["glob_name"], metric["step_metric"]) for metric in metrics] == [("*", "step")]


def test_a_job_that_goes_on_is_the_same_run_and_repeats_steps_of_its_seed(tmp_path: Path) -> None:
    for part, steps in (("first", (1, 2, 3)), ("second", (2, 3, 4))):
        with tracking.start("offline", **FACTS, folder=tmp_path / part) as tracker:
            for step in steps:
                tracker.log({"sse/100": 1.0}, step)
        assert [item["step"] for item in history(tmp_path / part)] == list(steps)
    assert summary(tmp_path / "first")["run_id"] == summary(tmp_path / "second")["run_id"] == tracking.run_id(**FACTS)


def test_an_exception_ends_the_run_as_failed_and_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), tracking.start("offline", **FACTS, folder=tmp_path):
        raise KeyboardInterrupt
    assert summary(tmp_path)["exit_code"] == 1


def test_an_unreachable_server_costs_seconds_and_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WANDB_API_KEY", "k" * 40)
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(tracking, "INIT_SECONDS", 1)
    before = time.monotonic()
    with tracking.start("online", **FACTS, folder=tmp_path) as tracker:
        tracker.log({"sse": 1.0}, step=1)
    assert time.monotonic() - before < 15
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("W&B online failed (")
    assert line.endswith("this run is kept offline, see `wandb sync`")
    assert [item["sse"] for item in history(tmp_path)] == [1.0]


def test_a_lost_mirror_does_not_stop_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    class Lost:
        def log(self, values: dict[str, float]) -> None:
            raise ConnectionResetError("Connection lost")

    tracker = tracking.Tracker(Lost())
    tracker.log({"sse": 1.0}, step=1)
    tracker.log({"sse": 1.0}, step=2)
    assert capsys.readouterr().err == "W&B mirror lost (Connection lost); this run goes on without it\n"


def test_the_same_work_is_the_same_run_and_other_work_is_another() -> None:
    same = tracking.run_id(**FACTS)
    assert tracking.run_id(**FACTS | {"tags": ["laptop", "another commit"]}) == same
    assert tracking.run_id(**FACTS | {"config": {"seeds": [100, 101], "passes": 3}}) == same
    others: list[dict[str, Any]] = [
        {"config": {"passes": 3, "seeds": [102, 103]}},
        {"config": {"passes": 4, "seeds": [100, 101]}},
        {"tags": ["paper", "0123abc"]},
        {"name": "srn 102-103"},
        {"group": "elman1990/xor"},
        {"job_type": "draw"},
    ]
    assert len({same, *(tracking.run_id(**FACTS | other) for other in others)}) == len(others) + 1
