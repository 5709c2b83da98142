"""Sets that no address serves: their source is fetched, they are built from it, and only what holds the right bytes is used."""

import hashlib
import io
import lzma
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fault_server import FaultServer, serve

from common.data import build, fetch
from common.data.build import BUILDERS, Builder
from common.data.download import Patience
from common.data.registry import Dataset, registry
from common.errors import UserError

HASTY = Patience(tries=1, connect=1.0, read=0.3, pause=0.01)
FREE = {"name": "CC0", "non_commercial": False, "redistributable": True, "share_alike": False, "verified": True}
TEXT = b"two trees\none tree\n"
TITLES = b"page_id\ttitle\twords_kept\twords_in_article\n3\tElm\t2\t2\n9\tOak\t2\t2\n"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def described(name: str, files: list[dict[str, Any]], **more: Any) -> Dataset:
    head = {"name": name, "title": name, "version": "1", "home": None, "licence": FREE, "attribution": "Nobody"}
    return Dataset.model_validate({**head, "retrieved": None, "files": files, **more})


def built_set(name: str, contents: dict[str, bytes]) -> Dataset:
    """A set whose files, by their last names, must unpack to these bytes."""
    files = [
        {"path": f"{name}/{last}", "built_by": "cut", "content": {"bytes": len(data), "sha256": sha256(data)}}
        for last, data in contents.items()
    ]
    return described(name, files, recipes={"cut": {"source": "origin", "how": "cut"}})


def articles() -> bytes:
    """A source of the layout of the Wikipedia extract: two articles, not in the order of their ids."""
    shard = "".join(
        f'<doc id="{number}" url="u" title="{title}">\n{title}\n{text}\n</doc>\n'
        for number, title, text in ((9, "Oak", "One tree."), (3, "Elm", "Two trees."))
    ).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("wikiVisual/text/AA/wiki_00")
        member.size = len(shard)
        archive.addfile(member, io.BytesIO(shard))
    return packed.getvalue()


SOURCE = articles()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """Serves the source at /origin, and the registry says so."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FaultServer() as started:
        started.answers["/origin"] = serve(SOURCE)
        file = {"path": "origin/a.tar.gz", "urls": [started.url("/origin")], "bytes": len(SOURCE), "sha256": sha256(SOURCE)}
        monkeypatch.setattr(fetch, "dataset", {"origin": described("origin", [file])}.__getitem__)
        yield started


@pytest.fixture
def wikipedia(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """The builder of the Wikipedia extract, with other hashes."""
    monkeypatch.setattr(build, "BUILDERS", {("wikipedia", "cut"): BUILDERS["wikipedia", "cleaned"]})
    return built_set("wikipedia", {"enwiki2015-24m.txt.xz": TEXT, "enwiki2015-24m.articles.tsv.xz": TITLES})


@pytest.fixture
def follow(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Path, Path], object]], None]:
    """Makes a function the builder of the set `toy`."""

    def install(function: Callable[[Path, Path], object]) -> None:
        module = ModuleType("toy_builder")
        module.build = function  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "toy_builder", module)
        monkeypatch.setattr(build, "BUILDERS", {("toy", "cut"): Builder("toy_builder", 1)})

    return install


def get(wanted: Dataset, cache: Path, mirror: Path | None = None) -> tuple[dict[str, bytes], str]:
    """What the files unpack to, and what was said."""
    said = io.StringIO()
    paths = fetch.fetch_dataset(wanted, mirror, cache, HASTY, said)
    return {path: lzma.decompress(local.read_bytes()) for path, local in paths.items()}, said.getvalue()


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.suffix != ".lock")


def test_a_set_without_an_address_is_built_from_its_source_and_kept(
    server: FaultServer, wikipedia: Dataset, tmp_path: Path
) -> None:
    contents, said = get(wikipedia, tmp_path)
    assert contents == {"wikipedia/enwiki2015-24m.txt.xz": TEXT, "wikipedia/enwiki2015-24m.articles.tsv.xz": TITLES}
    assert "a build from a.tar.gz starts; it takes about 3 min" in said
    assert f"wikipedia/enwiki2015-24m.txt.xz built from {tmp_path}/origin/a.tar.gz" in (tmp_path / "fetch.log").read_text()
    assert left_in(tmp_path / "wikipedia") == ["enwiki2015-24m.articles.tsv.xz", "enwiki2015-24m.txt.xz"]
    assert get(wikipedia, tmp_path) == (contents, "")
    assert server.asked == [("GET", "/origin", None)]


def test_a_source_in_the_mirror_is_built_from_where_it_lies(server: FaultServer, wikipedia: Dataset, tmp_path: Path) -> None:
    (tmp_path / "mirror" / "origin").mkdir(parents=True)
    (tmp_path / "mirror" / "origin" / "a.tar.gz").write_bytes(SOURCE)
    assert get(wikipedia, tmp_path / "cache", tmp_path / "mirror")[0]["wikipedia/enwiki2015-24m.txt.xz"] == TEXT
    assert server.asked == []


def test_other_content_is_one_error_with_both_hashes_and_nothing_is_used(
    server: FaultServer, wikipedia: Dataset, tmp_path: Path
) -> None:
    other = TITLES.replace(b"Oak", b"Ash")
    wrong = built_set("wikipedia", {"enwiki2015-24m.txt.xz": TEXT, "enwiki2015-24m.articles.tsv.xz": other})
    with pytest.raises(UserError) as caught:
        get(wrong, tmp_path)
    archive = tmp_path / "origin" / "a.tar.gz"
    assert str(caught.value) == (
        f"wikipedia/enwiki2015-24m.articles.tsv.xz as built from {archive} is not the registered one: its content: expected "
        f"sha256 {sha256(other)}, found {sha256(TITLES)}; delete {archive} to fetch it anew, name a mirror that has the file in "
        f"ROAD_DATA_MIRROR, or put it at {tmp_path}/wikipedia/enwiki2015-24m.articles.tsv.xz"
    )
    assert left_in(tmp_path / "wikipedia") == []
    assert archive.exists()


def test_what_a_killed_build_left_is_not_taken_for_a_result(
    server: FaultServer, follow: Callable[..., None], tmp_path: Path
) -> None:
    follow(lambda archive, folder: None)
    (tmp_path / "toy" / ".cut.building").mkdir(parents=True)
    (tmp_path / "toy" / ".cut.building" / "a.xz").write_bytes(lzma.compress(TEXT))
    with pytest.raises(UserError, match=r"toy/a\.xz as built .* is not the registered one: the builder does not make it"):
        get(built_set("toy", {"a.xz": TEXT}), tmp_path)


def test_an_interrupted_build_leaves_nothing(server: FaultServer, follow: Callable[..., None], tmp_path: Path) -> None:
    def interrupted(archive: Path, folder: Path) -> None:
        (folder / "a.xz").write_bytes(lzma.compress(TEXT))
        raise KeyboardInterrupt

    follow(interrupted)
    with pytest.raises(KeyboardInterrupt):
        get(built_set("toy", {"a.xz": TEXT}), tmp_path)
    assert left_in(tmp_path / "toy") == []


def test_a_disk_that_fills_during_a_build_is_one_line(server: FaultServer, follow: Callable[..., None], tmp_path: Path) -> None:
    def full(archive: Path, folder: Path) -> None:
        raise OSError(28, "No space left on device")

    follow(full)
    with pytest.raises(UserError, match=r"toy/a\.xz needs .* the disk of .* is full; free some"):
        get(built_set("toy", {"a.xz": TEXT}), tmp_path)


def test_two_at_once_build_it_once(server: FaultServer, follow: Callable[..., None], tmp_path: Path) -> None:
    builds, wanted, said = [], built_set("toy", {"a.xz": TEXT}), io.StringIO()

    def slow(archive: Path, folder: Path) -> None:
        builds.append(archive)
        time.sleep(0.5)
        (folder / "a.xz").write_bytes(lzma.compress(TEXT))

    follow(slow)
    found: list[dict[str, Path]] = []
    threads = [
        threading.Thread(target=lambda: found.append(fetch.fetch_dataset(wanted, None, tmp_path, HASTY, said)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert found == [{"toy/a.xz": tmp_path / "toy" / "a.xz"}] * 2
    assert builds == [tmp_path / "origin" / "a.tar.gz"]
    assert said.getvalue().count("toy/a.xz: another process builds it; waiting") == 1


def test_without_a_builder_nothing_is_downloaded_and_the_error_says_from_what_it_is_made(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(build, "BUILDERS", {})
    with pytest.raises(UserError, match=r"toy/a\.xz is not downloaded but built from the set 'origin': build it"):
        get(built_set("toy", {"a.xz": TEXT}), tmp_path)
    assert server.asked == []


def test_every_built_file_that_a_reader_needs_has_a_builder_and_the_others_are_fetched_by_name_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for one in registry().datasets.values():
        for file in one.files:
            if file.built_by is not None:
                assert file.for_tests != ((one.name, file.built_by) in BUILDERS)
    asked: list[list[str]] = []
    monkeypatch.setattr(fetch, "fetch_dataset", lambda wanted, *rest: asked.append([file.path for file in wanted.files]))
    fetch.fetch("canlaws", tmp_path, tmp_path)
    fetch.fetch("canlaws", tmp_path, tmp_path, only=["canlaws/laws-lois-xml.sample.tar.xz"])
    assert len(asked[0]) == 9
    assert asked[1] == ["canlaws/laws-lois-xml.sample.tar.xz"]


@pytest.mark.parametrize("key", BUILDERS)
def test_the_map_leads_to_functions_that_build(key: tuple[str, str]) -> None:
    assert callable(BUILDERS[key].load())
    assert key[1] in registry().dataset(key[0]).recipes
