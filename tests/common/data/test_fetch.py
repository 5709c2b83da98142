"""Against a server on localhost that fails as servers do. Whatever it does, nothing corrupt is used."""

import gzip
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fault_server import FaultServer, in_turn, redirect, serve, status

from common.data.download import Patience
from common.data.fetch import choose, configured_cache, configured_mirror, fetch, fetch_dataset
from common.data.links import check_links, write_table
from common.data.registry import Dataset
from common.errors import UserError

DATA = random.Random(1).randbytes(300_000)
OTHER = random.Random(2).randbytes(300_000)
HALF = 150_000
FREE = {"name": "CC0", "non_commercial": False, "redistributable": True, "share_alike": False, "verified": True}
HASTY = Patience(tries=3, connect=1.0, read=0.3, pause=0.01, redirects=5)
FILE = "toy/file.bin"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def toy(*urls: str, **changes: Any) -> Dataset:
    """A set of one file that is DATA; `changes` to the file, or under `licence` to its licence."""
    urls = urls or (() if "built_by" in changes else ("http://127.0.0.1:9/",))
    licence = {**FREE, **changes.pop("licence", {})}
    whole = {key: changes.pop(key) for key in ("recipes", "obtain") if key in changes}
    file = {"path": FILE, "urls": list(urls), "bytes": len(DATA), "sha256": sha256(DATA), **changes}
    described = {"name": "toy", "title": "Toy", "version": "1", "home": "http://home.example", "licence": licence}
    files = [] if "obtain" in whole else [file]
    return Dataset.model_validate({**described, "attribution": "Nobody", "retrieved": None, "files": files, **whole})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FaultServer() as started:
        yield started


def get(dataset: Dataset, cache: Path, mirror: Path | None = None) -> tuple[bytes, str]:
    """The file's bytes as fetched, and what was said."""
    said = io.StringIO()
    path = fetch_dataset(dataset, mirror, cache, HASTY, said)[FILE]
    return path.read_bytes(), said.getvalue()


def refused(dataset: Dataset, cache: Path) -> str:
    """The error's one line; the file must not be there."""
    with pytest.raises(UserError) as caught:
        get(dataset, cache)
    assert not (cache / FILE).exists()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_file_of_the_mirror_is_used_where_it_lies_and_nobody_is_asked(server: FaultServer, tmp_path: Path) -> None:
    mirror, cache = tmp_path / "mirror", tmp_path / "cache"
    (mirror / "toy").mkdir(parents=True)
    (mirror / FILE).write_bytes(DATA)
    assert fetch_dataset(toy(server.url("/a")), mirror, cache, HASTY) == {FILE: mirror / FILE}
    assert server.asked == []


def test_a_wrong_file_in_the_mirror_is_named_and_passed_over(server: FaultServer, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    (mirror / "toy").mkdir(parents=True)
    (mirror / FILE).write_bytes(OTHER)
    server.answers["/a"] = serve(DATA)
    data, said = get(toy(server.url("/a")), tmp_path / "cache", mirror)
    assert data == DATA
    assert f"{mirror / FILE} is not used: expected sha256 {sha256(DATA)}, found {sha256(OTHER)}" in said


def test_a_fetched_file_is_kept_and_not_asked_for_again(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = serve(DATA)
    for _ in range(2):
        assert get(toy(server.url("/a")), tmp_path) == (DATA, "")
    assert server.asked == [("GET", "/a", None)]
    assert not list(tmp_path.rglob("*.part")) + list(tmp_path.rglob("*.etag"))
    assert f"{FILE} from {server.url('/a')}" in (tmp_path / "fetch.log").read_text()


def test_a_cached_file_that_has_rotted_is_fetched_again(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = serve(DATA)
    get(toy(server.url("/a")), tmp_path)
    (tmp_path / FILE).write_bytes(OTHER)
    data, said = get(toy(server.url("/a")), tmp_path)
    assert data == DATA
    assert said.count("is not used") == 1


def test_where_the_first_address_is_gone_the_next_one_serves(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/b"] = serve(DATA)
    assert get(toy(server.url("/a"), server.url("/b")), tmp_path)[0] == DATA
    assert [path for _, path, _ in server.asked] == ["/a", "/b"]  # a 404 is not asked twice


def test_the_error_names_file_address_answer_and_what_to_do(server: FaultServer, tmp_path: Path) -> None:
    error = refused(toy(server.url("/a")), tmp_path)
    for part in (FILE, f"{server.url('/a')}: 404 Not Found", f"put the right file at {tmp_path / FILE}", "http://home.example"):
        assert part in error


def test_a_server_error_that_passes_is_waited_out(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = in_turn(status(500), status(503), serve(DATA))
    data, said = get(toy(server.url("/a")), tmp_path)
    assert data == DATA
    assert "500 Internal Server Error; trying again in 0.01 s" in said
    assert "503 Service Unavailable; trying again in 0.02 s" in said


def test_a_server_error_that_stays_is_given_up(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = status(500)
    assert "500 Internal Server Error, after 3 tries" in refused(toy(server.url("/a")), tmp_path)
    assert len(server.asked) == 3


def test_wrong_bytes_of_the_right_number_are_never_used(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = serve(OTHER)
    error = refused(toy(server.url("/a")), tmp_path)
    assert f"{server.url('/a')}: expected sha256 {sha256(DATA)}, found {sha256(OTHER)}" in error
    assert not list(tmp_path.rglob("*.part")) + list(tmp_path.rglob("*.etag"))


def test_a_file_of_another_size_is_refused_before_it_is_read(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = serve(b"<html>Moved</html>")
    assert "offers 18 bytes, expected 300,000" in refused(toy(server.url("/a")), tmp_path)


def test_more_bytes_than_announced_are_not_read(server: FaultServer, tmp_path: Path) -> None:
    def endless(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(DATA + OTHER)

    server.answers["/a"] = endless
    assert "sends more than the 300,000 bytes" in refused(toy(server.url("/a")), tmp_path)


def test_a_truncated_body_is_continued_by_range(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = in_turn(serve(DATA, stop_after=HALF), serve(DATA))
    assert get(toy(server.url("/a")), tmp_path)[0] == DATA
    first, second = server.ranges()
    assert first is None
    assert second is not None
    assert HALF - 65_536 <= int(second.removeprefix("bytes=").removesuffix("-")) <= HALF


def test_a_download_that_broke_off_goes_on_in_the_next_process(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = in_turn(serve(DATA, stop_after=HALF), status(500))
    refused(toy(server.url("/a")), tmp_path)
    server.answers["/a"] = serve(DATA)
    server.asked.clear()
    assert get(toy(server.url("/a")), tmp_path)[0] == DATA
    assert len(server.asked) == 1
    assert server.ranges()[0] is not None


def test_a_server_that_ignores_ranges_sends_it_all_again(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = in_turn(serve(DATA, ranges=False, stop_after=HALF), serve(DATA, ranges=False))
    assert get(toy(server.url("/a")), tmp_path)[0] == DATA
    assert server.ranges()[1] is not None


def test_a_start_that_belongs_to_other_bytes_is_thrown_away(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = in_turn(serve(OTHER, stop_after=HALF), serve(DATA))
    data, said = get(toy(server.url("/a")), tmp_path)
    assert data == DATA
    assert "what was continued is not right" in said
    assert [asked is None for asked in server.ranges()] == [True, False, True]


def test_a_start_longer_than_the_file_is_thrown_away(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = in_turn(status(500))
    refused(toy(server.url("/a")), tmp_path)
    (tmp_path / "toy" / f".file.bin.{sha256(DATA)[:16]}.part").write_bytes(DATA + OTHER)
    server.answers["/a"] = serve(DATA)
    assert get(toy(server.url("/a")), tmp_path)[0] == DATA


def test_without_a_hash_a_start_is_continued_only_if_the_server_says_it_is_the_same(
    server: FaultServer, tmp_path: Path
) -> None:
    unknown = {"bytes": None, "sha256": None, "verified": False}
    server.answers["/a"] = in_turn(serve(OTHER, stop_after=HALF, ETag='"1"'), serve(DATA, ETag='"2"'))
    assert get(toy(server.url("/a"), **unknown), tmp_path / "changed")[0] == DATA
    server.answers["/a"] = in_turn(serve(DATA, stop_after=HALF, ETag='"1"'), serve(DATA, ETag='"1"'))
    assert get(toy(server.url("/a"), **unknown), tmp_path / "same")[0] == DATA
    server.answers["/a"] = in_turn(serve(OTHER, stop_after=HALF), serve(DATA))
    assert get(toy(server.url("/a"), **unknown), tmp_path / "unsaid")[0] == DATA
    assert [asked is None for asked in server.ranges()] == [True, False, True, False, True, True]


def test_a_stalled_connection_is_given_up_and_continued(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = in_turn(serve(DATA, stop_after=HALF, stall=1.0), serve(DATA))
    data, said = get(toy(server.url("/a")), tmp_path)
    assert data == DATA
    assert "silent for 0.3 s; trying again" in said


def test_a_server_that_never_answers_does_not_hold_us(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = serve(DATA, delay=1.0)
    assert "silent for 0.3 s, after 3 tries" in refused(toy(server.url("/a")), tmp_path)


def test_redirects_are_followed_and_a_circle_is_named(server: FaultServer, tmp_path: Path) -> None:
    server.answers |= {"/a": redirect(server.url("/b")), "/b": redirect(server.url("/a"))}
    assert "redirects in a circle, or more than 5 times" in refused(toy(server.url("/a")), tmp_path)
    assert len(server.asked) == 6  # once, not as often as there are tries
    server.answers["/b"] = serve(DATA)
    assert get(toy(server.url("/a")), tmp_path)[0] == DATA


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with FaultServer() as gone:
        url = gone.url("/a")
    assert f"{url}: the connection failed or broke off" in refused(toy(url), tmp_path)


def test_an_archive_that_is_called_a_compressed_tar_arrives_as_it_is(server: FaultServer, tmp_path: Path) -> None:
    packed = gzip.compress(b"text\n", mtime=0)
    server.answers["/a"] = serve(packed, Content_Encoding="x-gzip")
    assert get(toy(server.url("/a"), bytes=len(packed), sha256=sha256(packed)), tmp_path)[0] == packed


def test_a_full_disk_is_one_line_and_what_is_there_is_continued(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/a"] = serve(DATA)
    opening = Path.open

    class Full(io.FileIO):
        def write(self, data: Any) -> int:
            if self.tell() >= HALF:
                raise OSError(28, "No space left on device")
            return super().write(data)

    with monkeypatch.context() as patched:
        patched.setattr(
            Path, "open", lambda path, mode="r", **more: Full(path, "w") if mode == "wb" else opening(path, mode, **more)
        )
        error = refused(toy(server.url("/a")), tmp_path)
    assert error == (
        f"{FILE} needs 300,000 bytes and the disk of {tmp_path} is full; free some, or name another in ROAD_DATA_CACHE"
    )
    assert get(toy(server.url("/a")), tmp_path)[0] == DATA
    assert server.ranges() == [None, "bytes=196608-"]  # three pieces of 65,536


def test_a_disk_that_is_too_small_is_known_before_the_download(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 0, 299_999))
    assert "is full" in refused(toy(server.url("/a")), tmp_path)
    assert server.asked == []


def test_two_processes_that_want_one_file_fetch_it_once(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = serve(DATA, delay=3.0)
    code = (
        "import sys; from pathlib import Path; from common.data.fetch import fetch_dataset; "
        "from common.data.registry import Dataset; "
        "print(fetch_dataset(Dataset.model_validate_json(sys.argv[1]), None, Path(sys.argv[2]))['toy/file.bin'])"
    )
    arguments = [sys.executable, "-c", code, toy(server.url("/a")).model_dump_json(), str(tmp_path)]
    started = [subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ended = [process.communicate(timeout=60) for process in started]
    assert [out for out, _ in ended] == [f"{tmp_path / FILE}\n"] * 2
    assert sorted(error for _, error in ended) == ["", f"{FILE}: another process fetches it; waiting\n"]
    assert server.asked == [("GET", "/a", None)]


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


def test_a_file_of_unknown_hash_is_written_down_and_a_later_other_one_refused(server: FaultServer, tmp_path: Path) -> None:
    dataset = toy(server.url("/a"), bytes=None, sha256=None, verified=False)
    server.answers["/a"] = serve(DATA)
    get(dataset, tmp_path)
    found = json.loads((tmp_path / "toy/file.bin.found.json").read_text())
    assert (found["bytes"], found["sha256"], found["source"]) == (300_000, sha256(DATA), server.url("/a"))
    (tmp_path / FILE).unlink()
    server.answers["/a"] = serve(OTHER)
    error = refused(dataset, tmp_path)
    assert f"expected sha256 {sha256(DATA)}, found {sha256(OTHER)} (expected as first found; delete its .found.json" in error
    assert "unverified and may be wrong" in error
    (tmp_path / "toy/file.bin.found.json").unlink()
    assert get(dataset, tmp_path)[0] == OTHER


def test_a_page_in_place_of_an_archive_is_refused_even_where_no_hash_is_known(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = serve(b"<html>This domain is for sale</html>")
    dataset = toy(server.url("/a"), path="toy/bitexts.tgz", bytes=None, sha256=None, verified=False)
    with pytest.raises(UserError, match=r"it starts with b'<h', which no \.tgz file does"):
        fetch_dataset(dataset, None, tmp_path, HASTY)
    assert sorted(path.name for path in (tmp_path / "toy").iterdir()) == [".bitexts.tgz.lock"]
    server.answers["/a"] = serve(gzip.compress(b"text", mtime=0))
    assert fetch_dataset(dataset, None, tmp_path, HASTY)["toy/bitexts.tgz"].read_bytes() == gzip.compress(b"text", mtime=0)


def test_an_md5_alone_is_checked(server: FaultServer, tmp_path: Path) -> None:
    dataset = toy(server.url("/a"), bytes=None, sha256=None, md5=hashlib.md5(DATA).hexdigest())
    server.answers["/a"] = in_turn(serve(OTHER), serve(DATA))
    assert f"expected md5 {hashlib.md5(DATA).hexdigest()}, found {hashlib.md5(OTHER).hexdigest()}" in refused(dataset, tmp_path)
    assert get(dataset, tmp_path)[0] == DATA


def test_where_only_the_content_of_a_zip_has_a_known_hash_that_is_checked(server: FaultServer, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("text8", b"anarchism originated")
    content = {"member": "text8", "bytes": 20, "md5": hashlib.md5(b"anarchism originated").hexdigest()}
    dataset = toy(server.url("/a"), bytes=None, sha256=None, content=content)
    other = toy(server.url("/a"), bytes=None, sha256=None, content={**content, "md5": "0" * 32})
    server.answers["/a"] = serve(packed.getvalue())
    assert f"its content: expected md5 {'0' * 32}, found {content['md5']}" in refused(other, tmp_path)
    assert get(dataset, tmp_path)[0] == packed.getvalue()


BUILT = {
    "recipes": {"cut": {"source": "toy_source", "how": "cut"}},
    "built_by": "cut",
    "content": {"bytes": 5, "sha256": sha256(b"text\n")},
}


def test_a_built_file_has_no_address_and_the_error_says_from_what_it_is_made(tmp_path: Path) -> None:
    assert "toy/file.bin is not downloaded but built from the set 'toy_source'" in refused(toy(**BUILT), tmp_path)


def test_a_rebuilt_file_may_be_compressed_otherwise_but_not_hold_something_else(tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    (tmp_path / FILE).write_bytes(gzip.compress(b"text\n", 1))
    assert gzip.decompress(get(toy(**BUILT), tmp_path)[0]) == b"text\n"
    (tmp_path / FILE).write_bytes(gzip.compress(b"test\n", 1))
    with pytest.raises(UserError, match="built from the set"):
        get(toy(**BUILT), tmp_path)


def test_a_licensed_set_says_how_to_obtain_it(tmp_path: Path) -> None:
    assert refused(toy(obtain="buy it"), tmp_path) == "toy cannot be downloaded: buy it"


def test_a_part_of_a_set_can_be_had_without_the_rest(server: FaultServer, tmp_path: Path) -> None:
    built = toy(**BUILT)
    gold = toy(server.url("/a"), path="toy/gold").files[0]
    both = built.model_copy(update={"files": [*built.files, gold]})
    server.answers["/a"] = serve(DATA)
    with pytest.raises(UserError, match="built from the set"):
        fetch_dataset(both, None, tmp_path, HASTY)
    assert server.asked == []
    assert list(fetch_dataset(choose(both, ["toy/gold"]), None, tmp_path, HASTY)) == ["toy/gold"]
    with pytest.raises(UserError, match="unknown file of toy 'toy/golt': did you mean 'toy/gold'"):
        choose(both, ["toy/golt"])


def test_mirror_and_cache_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROAD_DATA_CACHE", str(tmp_path / "cache"))
    assert configured_cache() == tmp_path / "cache"
    monkeypatch.delenv("ROAD_DATA_CACHE")
    assert configured_cache().name == "road-to-attention"
    monkeypatch.delenv("ROAD_DATA_MIRROR", raising=False)
    assert configured_mirror() is None
    monkeypatch.setenv("ROAD_DATA_MIRROR", str(tmp_path / "none"))
    with pytest.raises(UserError, match="which is not a folder"):
        configured_mirror()


@pytest.mark.mirror
@pytest.mark.skipif(not os.environ.get("ROAD_DATA_MIRROR"), reason="ROAD_DATA_MIRROR names no mirror")
def test_a_set_of_the_mirror_is_fetched_whole(tmp_path: Path) -> None:
    assert sorted(fetch("brown", cache=tmp_path)) == ["brown/brown.zip"]
    assert len(fetch("multi30k", cache=tmp_path)) == 15
    assert list(tmp_path.iterdir()) == []


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
