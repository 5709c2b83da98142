import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import toy

TRAIN = ("train", toy.SLUG, "walk/plain", "--tier", "smoke", "--seeds", "100-101")


def refused(*words: str, cwd: Path = toy.REPOSITORY, code: str | None = None, **extra: str) -> str:
    """The one line that a command ends with."""
    done = toy.run(*words, cwd=cwd, code=code, **extra)
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.endswith("\n")
    return done.stderr[:-1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("train elman1909 lexicon/g2", "unknown paper 'elman1909': did you mean 'elman1990'?"),
        ("judge elman1909", "unknown paper 'elman1909': did you mean 'elman1990'?"),
        ("train elman1990 lexicon/g2 --tier smok", "unknown tier 'smok': did you mean 'smoke'?"),
        ("judge elman1990 --tier lapttop", "unknown tier 'lapttop': did you mean 'laptop'?"),
        ("train elman1990 lexicon/untraind", "unknown run of elman1990 'lexicon/untraind': did you mean 'lexicon/untrained'?"),
        ("draw elman1990 figur_7", "unknown figure of elman1990 'figur_7': did you mean 'figure_7'?"),
        ("why elman1990_figur_7", "unknown paper 'elman1990_figur_7': did you mean 'elman1990'?"),
        (
            "train elman1990 xor/tanh --tier smoke",
            "elman1990 xor/tanh is not part of tier smoke; it has laptop, paper",
        ),
        (
            "train elman1990 lexicon/g2 --set hiden=3",
            "settings of elman1990 lexicon/g2 at tier laptop: unknown key 'hiden': did you mean 'hidden'?",
        ),
        ("train elman1990 lexicon/g2 --set hidden", "--set hidden: not of the form key=value"),
        ("train elman1990 lexicon/g2 --set hidden=[3", "--set hidden=[3: the value is not YAML"),
        ("train elman1990 lexicon/g2 --seeds 5-4", "--seeds 5-4: give one seed or a range such as 100-109"),
        ("train elman1990 lexicon/g2 --seeds all", "--seeds all: give one seed or a range such as 100-109"),
        ("train elman1990 lexicon/g2 --track onlin", "unknown tracking mode 'onlin': did you mean 'online'?"),
    ],
)  # fmt: skip
def test_a_word_that_is_not_known_is_answered_in_one_line(words: str, says: str, tmp_path: Path) -> None:
    assert refused(*words.split(), "--results", str(tmp_path)) == says
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("stpes=3", "unknown key 'stpes': did you mean 'steps'?"),
        ("steps=0", "steps: input should be greater than 0, found 0"),
        (
            "steps=many",
            "steps: input should be a valid integer, unable to parse string as an integer, found 'many'",
        ),
    ],
)
def test_a_setting_that_does_not_fit_is_answered_in_one_line(repository: Path, tmp_path: Path, value: str, says: str) -> None:
    said = refused(*TRAIN, "--set", value, "--results", str(tmp_path / "r"), cwd=repository)
    assert said == f"settings of pearson1905 walk/plain at tier smoke: {says}"
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("trian elman1990", "No such command 'trian'."),
        ("train elman1990", "Missing argument 'run'."),
        ("train elman1990 xor/srn --sedes 3", "No such option: --sedes"),
        ("draw elman1990 figure_7 --out", "Option '--out' requires an argument."),
    ],
)
def test_a_command_that_cannot_be_read_is_answered_in_one_line(words: str, says: str) -> None:
    said = refused(*words.split())
    assert said.startswith(says)
    assert said.endswith("(python -m common --help says more)")


def test_a_results_folder_that_cannot_be_is_named(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for words in (TRAIN, ("judge", toy.SLUG, "--tier", "smoke")):
        said = refused(*words, "--results", str(tmp_path / "file" / "results"), cwd=repository)
        assert said.startswith(str(tmp_path / "file"))
        assert "Not a directory" in said


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_results_folder_without_permission_is_named_with_what_to_do(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    said = refused(*TRAIN, "--results", str(tmp_path / "closed"), cwd=repository)
    assert said.startswith(str(tmp_path / "closed"))
    assert said.endswith(": no permission to write there; change it or choose another --results")


def test_a_figure_of_runs_that_have_not_been_done_says_which(tmp_path: Path) -> None:
    said = refused("draw", "elman1990", "figure_7", "--tier", "smoke", "--results", str(tmp_path))
    folder = tmp_path / "smoke/elman1990/runs/lexicon/g2/100-101"
    assert said == (
        "figure_7 cannot be drawn at tier smoke: "
        f"lexicon/g2: seeds 100-101 have not been run ({folder} is missing)"
    )  # fmt: skip


# The command line on a disk that is full when the n-th file of a kind is to be written out.
FULL_DISK = """
import errno, os, sys
import common.cli
kind = sys.argv.pop(1)
replace = os.replace
def full(old, new):
    if kind in str(new):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    replace(old, new)
os.replace = full
common.cli.main()
"""


@pytest.mark.parametrize("kind", ["request.json", "checkpoint-", "finished-", "metrics.json", "arrays.npz"])
def test_a_full_disk_is_one_line_and_the_run_goes_on_once_there_is_room(repository: Path, tmp_path: Path, kind: str) -> None:
    words = (*TRAIN, "--results", str(tmp_path / "r"))
    stopped = toy.run(kind, *words, cwd=repository, code=FULL_DISK)
    assert stopped.returncode == 2
    *before, said = stopped.stderr.splitlines()
    assert all(line.startswith("pearson1905 walk/plain seeds 100-101: ") for line in before)  # news of the run
    assert said.startswith(str(tmp_path / "r/smoke/pearson1905/runs/walk/plain/100-101.partial/"))
    assert said.endswith(": the disk is full; make room and run the same command again")
    assert kind in said
    assert list((tmp_path / "r").rglob("*.tmp")) == []
    assert toy.run(*words, cwd=repository).returncode == 0
    assert (tmp_path / "r/smoke/pearson1905/runs/walk/plain/100-101/manifest.json").exists()


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of 128 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "none", folder], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_disk_that_fills_up_is_one_line_and_leaves_nothing_half_written(repository: Path, small_disk: Path) -> None:
    toy.edit(repository / "papers" / toy.SLUG / "experiments.py", '"done": done,', '"done": done, "more": [0.1] * 9000,')
    words = (*TRAIN, "--results", str(small_disk / "r"))
    (small_disk / "ballast").write_bytes(bytes(40_000))
    said = refused(*words, cwd=repository)
    assert said.endswith(": the disk is full; make room and run the same command again")
    assert "checkpoint-" in said
    (small_disk / "ballast").unlink()
    assert list(small_disk.rglob("*.tmp")) == []
    toy.edit(repository / "papers" / toy.SLUG / "experiments.py", "9000", "90")
    assert toy.run(*words, cwd=repository).returncode == 0


def test_edited_results_are_refused_by_every_stage_that_reads_them(repository: Path, tmp_path: Path) -> None:
    root = ("--tier", "smoke", "--results", str(tmp_path / "r"))
    assert toy.run(*TRAIN, "--results", str(tmp_path / "r"), cwd=repository).returncode == 0
    path = tmp_path / "r/smoke/pearson1905/runs/walk/plain/100-101/metrics.json"
    metrics = json.loads(path.read_text())
    metrics["distance"][0] = 99
    path.write_text(json.dumps(metrics))
    says = f"{path} is not what the run wrote (its sha256 differs); remove {path.parent} and train again"
    assert refused("judge", toy.SLUG, *root, cwd=repository) == says
    assert refused("draw", toy.SLUG, "figure_1", *root, cwd=repository) == says
    assert not (tmp_path / "r/smoke/pearson1905/claims.json").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("paper.yaml", "key: true", "kye: true", "unknown key 'kye': did you mean 'key'?"),
        ("paper.yaml", "[walk/plain]", "[walk/plian]", "figure_1 reads walk/plian, which is not among the runs"),
        ("paper.yaml", "seeds: 2,", "seeds: 0,", "runs.walk/plain.tiers.smoke.seeds: input should be greater than 0, found 0"),
        ("claims.yaml", "tiers: [smoke", "tiers: [smok", "unknown tier 'smok': did you mean 'smoke'?"),
        (
            "claims.yaml",
            "above: 0.001",
            "above: 0.001, below: 1",
            "claims.0.tests.0.reproduced_if: give exactly one of above, below, between, in_seeds",
        ),
    ],
)  # fmt: skip
def test_an_edited_paper_is_answered_in_one_line(
    repository: Path, tmp_path: Path, file: str, old: str, new: str, says: str
) -> None:
    toy.edit(repository / "papers" / toy.SLUG / file, old, new)
    said = refused("judge", toy.SLUG, "--tier", "smoke", "--results", str(tmp_path / "r"), cwd=repository)
    assert said == f"papers/pearson1905/{file}: {says}"


def test_a_claim_of_a_measure_that_is_not_there_is_answered_in_one_line(repository: Path, tmp_path: Path) -> None:
    toy.edit(repository / "papers" / toy.SLUG / "claims.yaml", "measure: distance", "measure: distanse")
    said = refused("judge", toy.SLUG, "--tier", "smoke", "--results", str(tmp_path / "r"), cwd=repository)
    assert said == "claims.yaml, pearson1905.moves: unknown measure 'distanse': did you mean 'distance'?"


@pytest.mark.parametrize("file", ["paper.yaml", "config.yaml", "claims.yaml"])
def test_a_truncated_paper_is_answered_in_one_line(repository: Path, tmp_path: Path, file: str) -> None:
    path = repository / "papers" / toy.SLUG / file
    end = {"paper.yaml": "minutes: 0.1", "config.yaml": "smoke: {", "claims.yaml": "{above"}[file]
    text = path.read_text()
    path.write_text(text[: text.index(end) + len(end)])
    words = TRAIN if file == "config.yaml" else ("judge", toy.SLUG, "--tier", "smoke")
    said = refused(*words, "--results", str(tmp_path / "r"), cwd=repository)
    line = text[: text.index(end)].count("\n") + 1
    assert f"papers/pearson1905/{file}, line {line}" in said or f"papers/pearson1905/{file}, line {line + 1}" in said
    assert "not valid YAML" in said


def test_a_figure_that_nobody_draws_is_named(repository: Path, tmp_path: Path) -> None:
    toy.edit(repository / "papers" / toy.SLUG / "figures.py", "def figure_1", "def figure_one")
    said = refused("draw", toy.SLUG, "figure_1", "--tier", "smoke", "--results", str(tmp_path), cwd=repository)
    assert said == "papers/pearson1905/paper.yaml names figure_1, which figures.py does not define"


def test_a_fault_of_the_program_is_not_passed_off_as_the_users(repository: Path, tmp_path: Path) -> None:
    toy.edit(repository / "papers" / toy.SLUG / "experiments.py", "done += 1", "done += 1 / 0")
    done = toy.run(*TRAIN, "--results", str(tmp_path / "r"), cwd=repository)
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_debug_shows_where_an_error_comes_from(repository: Path, tmp_path: Path) -> None:
    words = (*TRAIN, "--set", "steps=0", "--results", str(tmp_path / "r"))
    for debug in ((*words, "--debug"), ("--debug", *words)):
        done = toy.run(*debug, cwd=repository)
        assert done.returncode == 1
        assert done.stderr.startswith("Traceback")
        assert "found 0" in done.stderr.splitlines()[-1]


# Prints which of some slow libraries a command imported.
IMPORTED = """
import sys
import common.cli
try:
    common.cli.main()
finally:
    print("imported", *[name for name in ("torch", "matplotlib", "wandb", "numba", "scipy") if name in sys.modules])
"""


@pytest.mark.parametrize(
    "words", ["--help", "train --help", "translate --help", "plan all --tier smoke", "show all --tier smoke"]
)
def test_help_and_plans_do_not_wait_for_libraries(words: str) -> None:
    done = toy.run(*words.split(), code=IMPORTED)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "imported"


def test_drawing_does_not_import_torch(repository: Path, tmp_path: Path) -> None:
    root = ("--tier", "smoke", "--results", str(tmp_path / "r"))
    assert toy.run(*TRAIN, "--results", str(tmp_path / "r"), cwd=repository).returncode == 0
    done = toy.run("draw", toy.SLUG, "figure_1", *root, cwd=repository, code=IMPORTED)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "r/smoke/pearson1905/figures"
    assert done.stdout.splitlines()[:3] == [str(folder / f"figure_1{suffix}") for suffix in (".svg", ".png", ".json")]
    assert done.stdout.splitlines()[3] == "imported matplotlib"
    # A real paper's figures, as far as they come without runs.
    words = ("draw", "elman1990", "figure_7", "--tier", "smoke", "--results", str(tmp_path / "none"))
    assert "torch" not in toy.run(*words, code=IMPORTED).stdout


def test_without_a_command_the_help_is_shown() -> None:
    done = toy.run()
    assert done.returncode == 2
    assert "Train one job of a run" in done.stdout + done.stderr
