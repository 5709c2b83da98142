"""Against a server on localhost that fails as servers do: downloads are waited for, continued or given up."""

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from fault_server import FaultServer, in_turn, redirect, serve, status
from toy_set import DATA, FILE, HALF, OTHER, get, refused, sha256, toy


def test_where_the_first_address_is_gone_the_next_one_serves(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/b"] = serve(DATA)
    assert get(toy(server.url("/a"), server.url("/b")), tmp_path)[0] == DATA
    assert [path for _, path, _ in server.asked] == ["/a", "/b"]  # a 404 is not asked twice


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
