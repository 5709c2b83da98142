"""Zip and tar files from the network, read without trusting them: names, links and sizes are checked on the way."""

import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, cast

from common.atomic import replacing
from common.errors import UserError, unknown

CHUNK = 1 << 20
BROKEN = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, tarfile.TarError, zipfile.BadZipFile, NotImplementedError)


class Limited:
    """A reader of what may have been made to swell. Raises UserError beyond `limit` bytes, and where it is broken.

    count: bytes read so far, which starts with what was spent on earlier members.
    """

    def __init__(self, stream: IO[bytes], limit: int, archive: Path, count: int = 0):
        self.stream, self.limit, self.archive, self.count = stream, limit, archive, count

    def read(self, size: int = -1) -> bytes:
        """The next `size` bytes, or all that is left. Asked for in small pieces: a tar sets aside whatever it is asked for."""
        pieces = []
        while size and (piece := self._piece(CHUNK if size < 0 else min(size, CHUNK))):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _piece(self, size: int) -> bytes:
        # One byte more than allowed is asked for, so that the excess is met before it fills the memory.
        try:
            data = self.stream.read(min(size, self.limit - self.count + 1))
        except BROKEN as error:
            raise _is_broken(self.archive, error) from None
        self.count += len(data)
        if self.count > self.limit:
            raise UserError(
                f"{self.archive}: unpacks to more than {self.limit:,} bytes, more than it should hold; do not use it"
            )
        return data

    def chunks(self) -> Iterator[bytes]:
        while data := self._piece(CHUNK):
            yield data


def check_name(archive: Path, name: str) -> None:
    """Raises UserError where unpacking `name` could write outside the folder, on any system."""
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    if posix.is_absolute() or windows.drive or windows.root or ".." in posix.parts or ".." in windows.parts or "\0" in name:
        raise UserError(f"{archive}: its member '{name}' would unpack outside its folder; do not use this archive")


def walk(archive: Path, names: Collection[str] | None, limit: int) -> Iterator[tuple[str, Limited]]:
    """The named files of a .zip, .tar, .tar.gz, .tgz or .tar.xz in the archive's order (every file if None).

    Each reader is good until the next one is asked for. limit: bytes that may be decompressed on the way, which in a tar
    includes what stands between the named files. Raises UserError for an unsafe name that is met, a link under a wanted name,
    an archive that is broken or swells beyond `limit`, and a name that is not there.
    """
    wanted = None if names is None else set(names)
    met: set[str] = set()
    members = _zip_members if zipfile.is_zipfile(archive) else _tar_members
    try:
        yield from members(archive, wanted, limit, met)
    except BROKEN as error:
        raise _is_broken(archive, error) from None
    for missing in sorted((wanted or set()) - met):
        raise UserError(f"{archive}: {unknown('member', missing, met)}")


def _zip_members(archive: Path, wanted: set[str] | None, limit: int, met: set[str]) -> Iterator[tuple[str, Limited]]:
    spent = 0
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            check_name(archive, entry.filename)
            met.add(entry.filename)
        for entry in opened.infolist():
            if entry.is_dir() or (wanted is not None and entry.filename not in wanted):
                continue
            if stat.S_ISLNK(entry.external_attr >> 16):
                raise _is_link(archive, entry.filename)
            if entry.flag_bits & 1:
                raise UserError(f"{archive}: its member '{entry.filename}' is encrypted")
            with opened.open(entry) as stream:
                reader = Limited(stream, limit, archive, spent)
                yield entry.filename, reader
            spent = reader.count


def _tar_members(archive: Path, wanted: set[str] | None, limit: int, met: set[str]) -> Iterator[tuple[str, Limited]]:
    left = None if wanted is None else set(wanted)
    with ExitStack() as stack:
        # Counted below tarfile, so that a swollen header or a member that is passed over counts as well.
        counted = Limited(stack.enter_context(_decompressing(archive)), limit, archive)
        opened = stack.enter_context(tarfile.open(fileobj=cast(IO[bytes], counted), mode="r|"))
        for entry in opened:
            check_name(archive, entry.name)
            met.add(entry.name)
            if left is not None and entry.name not in left:
                continue
            if entry.issym() or entry.islnk():
                raise _is_link(archive, entry.name)
            stream = opened.extractfile(entry) if entry.isreg() else None
            if stream is not None:
                yield entry.name, Limited(stream, limit, archive)
                if left is not None:
                    left.discard(entry.name)
                    if not left:  # the rest of a large archive need not be read
                        return


def _is_broken(archive: Path, error: Exception) -> UserError:
    return UserError(f"{archive}: broken, or not an archive ({error}); delete it and fetch it again")


def _is_link(archive: Path, name: str) -> UserError:
    return UserError(f"{archive}: its member '{name}' is a link, which is not followed; do not use this archive")


def _decompressing(path: Path) -> IO[bytes]:
    """By the first bytes, not by the name: gzip, xz, or as it is."""
    with path.open("rb") as opened:
        start = opened.read(6)
    if start.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.open(path))
    return cast(IO[bytes], lzma.open(path)) if start == b"\xfd7zXZ\x00" else path.open("rb")


def read(archive: Path, names: Collection[str], limit: int) -> dict[str, bytes]:
    """The named members, in memory. limit and errors: as `walk`."""
    return {name: b"".join(reader.chunks()) for name, reader in walk(archive, names, limit)}


def extract(archive: Path, names: Collection[str], folder: Path, limit: int) -> dict[str, Path]:
    """Writes the named members, and no other, under `folder`, each whole or not at all. limit and errors: as `walk`."""
    paths = {}
    for name, reader in walk(archive, names, limit):
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):  # a link that was in the folder before
            raise UserError(f"{path} lies behind a link that leads out of {folder}; remove the link")
        with replacing(path) as temporary, temporary.open("wb") as out:
            out.writelines(reader.chunks())
        paths[name] = path
    return paths


def decompressed(path: Path, limit: int, member: str | None = None) -> Iterator[bytes]:
    """The content of a .gz or .xz file, or of one member of an archive, in pieces. limit and errors: as `walk`."""
    if member is not None:
        for _, reader in walk(path, [member], limit):
            yield from reader.chunks()
        return
    with _decompressing(path) as stream:
        yield from Limited(stream, limit, path).chunks()
