"""What the person at the terminal is told: of licences, sizes, progress and errors, and of links that are dead."""

import io
from pathlib import Path

import pytest
from fault_server import FaultServer, in_turn, redirect, serve
from toy_set import DATA, FILE, HALF, HASTY, get, refused, toy

from common.data.fetch import fetch_dataset
from common.data.links import check_links, write_table
from common.errors import UserError


def test_the_error_names_file_address_answer_and_what_to_do(server: FaultServer, tmp_path: Path) -> None:
    error = refused(toy(server.url("/a")), tmp_path)
    for part in (FILE, f"{server.url('/a')}: 404 Not Found", f"put the right file at {tmp_path / FILE}", "http://home.example"):
        assert part in error


@pytest.mark.parametrize(
    ("licence", "said"),
    [
        ({"non_commercial": True}, "toy: Toy (CC0): non-commercial use only. Nobody\n"),
        ({"redistributable": False}, "toy: Toy (CC0): may not be passed on. Nobody\n"),
        ({}, ""),
    ],
)
def test_what_a_licence_forbids_is_said_at_every_fetch(
    server: FaultServer, tmp_path: Path, licence: dict[str, bool], said: str
) -> None:
    server.answers["/a"] = serve(DATA)
    for _ in range(2):  # from the network, then from the cache
        assert get(toy(server.url("/a"), licence=licence), tmp_path) == (DATA, said)


def test_size_and_licence_are_said_before_a_large_download(server: FaultServer, tmp_path: Path) -> None:
    said = io.StringIO()
    with pytest.raises(UserError, match="404"):
        fetch_dataset(toy(server.url("/a"), bytes=657_632_379), None, tmp_path, HASTY, said)
    assert said.getvalue() == "toy: 658 MB to download; licence: CC0\n"


def test_many_small_files_are_large_together_and_an_unknown_size_is_said(server: FaultServer, tmp_path: Path) -> None:
    one = toy(server.url("/a"), bytes=60_000_000).files[0]
    two = [one, one.model_copy(update={"path": "toy/b"})]
    for more, said in (
        ([], "120 MB"),
        ([one.model_copy(update={"path": "toy/c", "bytes": None})], "120 MB and 1 file of unknown size"),
    ):
        stream = io.StringIO()
        with pytest.raises(UserError, match="404"):
            fetch_dataset(toy().model_copy(update={"files": two + more}), None, tmp_path, HASTY, stream)
        assert stream.getvalue() == f"toy: {said} to download; licence: CC0\n"


def test_a_terminal_gets_a_bar_with_size_and_time_left_also_after_a_second_try(server: FaultServer, tmp_path: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    server.answers["/a"] = in_turn(serve(DATA, stop_after=HALF), serve(DATA))
    path = fetch_dataset(toy(server.url("/a")), None, tmp_path, HASTY, terminal)[FILE]
    assert path.read_bytes() == DATA
    for part in ("toy/file.bin", "100%", "0:00:00", "MB 0.3/0.3", "trying again in 0.01 s"):
        assert part in terminal.getvalue()


def test_a_licensed_set_says_how_to_obtain_it(tmp_path: Path) -> None:
    assert refused(toy(obtain="buy it"), tmp_path) == "toy cannot be downloaded: buy it"


def test_links_are_asked_by_head_and_told_in_a_table(server: FaultServer, tmp_path: Path) -> None:
    server.answers |= {"/a": serve(DATA), "/b": serve(b"short")}
    gone = toy(server.url("/a"), server.url("/b"), server.url("/c"))
    rows = check_links([gone], HASTY)
    assert [(row.status, row.bytes, row.remark) for row in rows] == [
        ("200", 300_000, "ok"),
        ("200", 5, "expected 300000 bytes"),
        ("404", 0, "refused"),
    ]
    assert {method for method, _, _ in server.asked} == {"HEAD"}
    write_table(rows, tmp_path / "links.tsv")
    lines = (tmp_path / "links.tsv").read_text().splitlines()
    assert lines[0] == "dataset\tfile\turl\tstatus\tbytes\tremark"
    assert lines[1] == f"toy\t{FILE}\t{server.url('/a')}\t200\t300000\tok"


def test_links_of_a_server_that_is_gone_or_leads_in_a_circle_are_rows_too(server: FaultServer) -> None:
    with FaultServer() as closed:
        url = closed.url("/a")
    server.answers["/a"] = redirect(server.url("/a"))
    rows = check_links([toy(url, server.url("/a"))], HASTY)
    assert [(row.status, row.remark) for row in rows] == [("ConnectionError", "no answer"), ("TooManyRedirects", "no answer")]
