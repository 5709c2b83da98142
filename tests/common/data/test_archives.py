"""Archives made to harm: none may write outside its folder, follow a link, or fill the disk."""

import gzip
import io
import lzma
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from common.data.archives import decompressed, extract, read, walk
from common.errors import UserError

LIMIT = 100_000
KINDS = ("zip", "tar", "tar.gz", "tar.xz")


def pack(path: Path, members: dict[str, bytes], links: dict[str, str] | None = None) -> Path:
    """An archive of the kind that the name says. links: name -> target."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, target in (links or {}).items():
                entry = zipfile.ZipInfo(name)
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
                zipped.writestr(entry, target)
            for name, data in members.items():
                zipped.writestr(name, data)
        return path
    with tarfile.open(path, f"w:{path.suffix[1:]}" if path.suffix != ".tar" else "w") as tarred:
        for name, target in (links or {}).items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            tarred.addfile(member)
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tarred.addfile(member, io.BytesIO(data))
    return path


def files_under(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


@pytest.fixture(params=KINDS)
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where an archive of each kind is to be made."""
    (tmp_path / "in").mkdir()
    return tmp_path / "in" / f"a.{request.param}"


def test_only_the_named_members_are_unpacked(archive: Path, tmp_path: Path) -> None:
    pack(archive, {"training/a.fr-en.en": b"one\n", "training/a.de-en.de": b"eins\n", "training/a.fr-en.fr": b"un\n"})
    names = ["training/a.fr-en.fr", "training/a.fr-en.en"]
    paths = extract(archive, names, tmp_path / "out", LIMIT)
    assert files_under(tmp_path / "out") == sorted(names)
    assert {name: path.read_bytes() for name, path in paths.items()} == {names[0]: b"un\n", names[1]: b"one\n"}
    assert read(archive, names, LIMIT) == {names[0]: b"un\n", names[1]: b"one\n"}


def test_every_file_can_be_walked_in_the_order_of_the_archive(archive: Path) -> None:
    pack(archive, {"b": b"2", "a": b"1"})
    assert [(name, reader.read()) for name, reader in walk(archive, None, LIMIT)] == [("b", b"2"), ("a", b"1")]


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/tmp/evil", "..\\evil", "C:\\evil", "C:evil", "\\\\host\\evil"])
def test_a_name_that_leads_outside_is_refused_even_if_it_is_not_asked_for(archive: Path, tmp_path: Path, name: str) -> None:
    pack(archive, {name: b"x", "good": b"y"})
    for wanted in (name, "good"):
        with pytest.raises(UserError, match="would unpack outside its folder; do not use this archive"):
            extract(archive, [wanted], tmp_path / "out", LIMIT)
    assert files_under(tmp_path) == [f"in/{archive.name}"]


def test_a_link_is_not_unpacked(archive: Path, tmp_path: Path) -> None:
    pack(archive, {}, links={"corpus.en": "/etc/passwd"})
    with pytest.raises(UserError, match=r"its member 'corpus\.en' is a link, which is not followed"):
        extract(archive, ["corpus.en"], tmp_path / "out", LIMIT)
    assert files_under(tmp_path) == [f"in/{archive.name}"]


def test_a_file_behind_a_link_of_the_archive_stays_in_the_folder(archive: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    pack(archive, {"way/evil": b"x"}, links={"way": str(outside)})
    extract(archive, ["way/evil"], tmp_path / "out", LIMIT)
    assert files_under(tmp_path) == [f"in/{archive.name}", "out/way/evil"]
    assert not (tmp_path / "out" / "way").is_symlink()


def test_a_link_that_was_in_the_folder_before_is_not_followed_either(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "way").symlink_to(tmp_path / "outside")
    with pytest.raises(UserError, match="remove the link"):
        extract(pack(archive, {"way/evil": b"x"}), ["way/evil"], tmp_path / "out", LIMIT)
    assert files_under(tmp_path / "outside") == []


def test_a_hard_link_is_not_unpacked(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as tarred:
        member = tarfile.TarInfo("corpus.en")
        member.type, member.linkname = tarfile.LNKTYPE, "/etc/passwd"
        tarred.addfile(member)
    with pytest.raises(UserError, match="is a link"):
        extract(tmp_path / "a.tar", ["corpus.en"], tmp_path / "out", LIMIT)


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.xz"])
def test_a_bomb_is_stopped_at_the_limit_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    bomb = pack(tmp_path / f"a.{kind}", {"small": b"x", "bomb": bytes(50_000_000)})
    assert bomb.stat().st_size < LIMIT
    with pytest.raises(UserError, match="unpacks to more than 100,000 bytes"):
        extract(bomb, ["bomb"], tmp_path / "out", LIMIT)
    assert files_under(tmp_path) == [bomb.name]


def test_a_bomb_cannot_hide_among_the_members_that_a_tar_passes_over(tmp_path: Path) -> None:
    bomb = pack(tmp_path / "a.tar.gz", {"bomb": bytes(50_000_000), "small": b"x"})
    with pytest.raises(UserError, match="unpacks to more than 100,000 bytes"):
        read(bomb, ["small"], LIMIT)


def test_many_small_members_count_together(archive: Path) -> None:
    pack(archive, {f"{number}": bytes(30_000) for number in range(4)})
    with pytest.raises(UserError, match="unpacks to more than 100,000 bytes"):
        read(archive, ["0", "1", "2", "3"], LIMIT)


def test_a_zip_whose_directory_lies_about_the_size_is_stopped_too(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", {"bomb": bytes(1_000_000)})
    data = bytearray(path.read_bytes())
    said = (1_000_000).to_bytes(4, "little")
    assert data.count(said) == 2  # in the member's own header and in the directory
    path.write_bytes(data.replace(said, (50).to_bytes(4, "little")))
    with pytest.raises(UserError, match="broken, or not an archive"):
        read(path, ["bomb"], LIMIT)


def test_a_member_that_is_not_there_is_named_with_the_nearest(archive: Path) -> None:
    pack(archive, {"training/news-commentary-v8.fr-en.en": b"x", "readme": b""})
    with pytest.raises(UserError, match=r"unknown member '.*v9.*': did you mean 'training/news-commentary-v8\.fr-en\.en'"):
        read(archive, ["training/news-commentary-v9.fr-en.en"], LIMIT)


def test_a_broken_archive_is_named(archive: Path) -> None:
    pack(archive, {"a": bytes(range(256)) * 200})
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match=r"a\.(zip|tar).*: broken, or not an archive"):
        read(archive, ["a"], LIMIT)
    archive.write_bytes(b"<html>Moved</html>")
    with pytest.raises(UserError, match="broken, or not an archive"):
        read(archive, ["a"], LIMIT)


def test_single_compressed_files_are_limited_and_checked_alike(tmp_path: Path) -> None:
    for name, packed in (("a.gz", gzip.compress(b"text\n" * 1000)), ("a.xz", lzma.compress(b"text\n" * 1000))):
        path = tmp_path / name
        path.write_bytes(packed)
        assert b"".join(decompressed(path, 5000)) == b"text\n" * 1000
        with pytest.raises(UserError, match="unpacks to more than 4,999 bytes"):
            list(decompressed(path, 4999))
        path.write_bytes(packed[:-4])
        with pytest.raises(UserError, match="broken, or not an archive"):
            list(decompressed(path, 5000))


@pytest.mark.parametrize("size", [-1, 1 << 40])
def test_a_member_is_read_whole_under_a_limit_beyond_the_memory(archive: Path, size: int) -> None:
    data = bytes(range(256)) * 12_288  # 3 MiB: several pieces
    pack(archive, {"a": data})
    for _, reader in walk(archive, ["a"], 1 << 45):
        assert reader.read(5) == data[:5]
        assert reader.read(size) == data[5:]
        assert reader.read(size) == b""


@pytest.mark.parametrize("size", [-1, LIMIT + 1])
def test_a_member_beyond_the_limit_is_not_read_whole(archive: Path, size: int) -> None:
    pack(archive, {"a": bytes(2 * LIMIT)})
    opened = walk(archive, ["a"], LIMIT)
    _, reader = next(opened)
    with pytest.raises(UserError, match="unpacks to more than 100,000 bytes"):
        reader.read(size)
