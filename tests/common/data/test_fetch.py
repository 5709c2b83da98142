"""What a fetch uses: the file of the mirror, of the cache or of the network, and only if it holds the right bytes."""

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from fault_server import FaultServer, in_turn, serve
from toy_set import DATA, FILE, HASTY, OTHER, get, refused, sha256, toy

from common.data.fetch import choose, configured_cache, configured_mirror, fetch, fetch_dataset
from common.errors import UserError


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


def test_wrong_bytes_of_the_right_number_are_never_used(server: FaultServer, tmp_path: Path) -> None:
    server.answers["/a"] = serve(OTHER)
    error = refused(toy(server.url("/a")), tmp_path)
    assert f"{server.url('/a')}: expected sha256 {sha256(DATA)}, found {sha256(OTHER)}" in error
    assert not list(tmp_path.rglob("*.part")) + list(tmp_path.rglob("*.etag"))


def test_an_archive_that_is_called_a_compressed_tar_arrives_as_it_is(server: FaultServer, tmp_path: Path) -> None:
    packed = gzip.compress(b"text\n", mtime=0)
    server.answers["/a"] = serve(packed, Content_Encoding="x-gzip")
    assert get(toy(server.url("/a"), bytes=len(packed), sha256=sha256(packed)), tmp_path)[0] == packed


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
