"""Is this file the one that the registry means? By size, hashes, and the content where only that is known."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from common.data.archives import CHUNK, decompressed
from common.data.registry import Content, Digests, File
from common.errors import UserError

LARGEST = 1 << 34  # bytes that a file of unknown content may unpack to
FIRST_BYTES = {".gz": b"\x1f\x8b", ".tgz": b"\x1f\x8b", ".xz": b"\xfd7zXZ", ".zip": b"PK", ".parquet": b"PAR1"}


def digest(chunks: Iterable[bytes], like: Digests) -> Digests:
    """Size and hashes of the bytes: sha256 always, and those that `like` knows."""
    hashers = {algorithm: hashlib.new(algorithm) for algorithm in {"sha256", *like.hashes()}}
    size = 0
    for chunk in chunks:
        size += len(chunk)
        for hasher in hashers.values():
            hasher.update(chunk)
    hashes = {algorithm: hasher.hexdigest() for algorithm, hasher in hashers.items()}
    return Digests(bytes=size, sha256=hashes["sha256"], sha1=hashes.get("sha1"), md5=hashes.get("md5"))


def digest_file(path: Path, like: Digests) -> Digests:
    with path.open("rb") as opened:
        return digest(iter(lambda: opened.read(CHUNK), b""), like)


def difference(expected: Digests, found: Digests) -> str | None:
    """`expected sha256 3b.., found 9c..`, or None where all that is expected agrees."""
    if expected.bytes is not None and expected.bytes != found.bytes:
        return f"expected {expected.bytes:,} bytes, found {found.bytes:,}"
    hashes = found.hashes()
    for algorithm, value in expected.hashes().items():
        if hashes[algorithm] != value:
            return f"expected {algorithm} {value}, found {hashes[algorithm]}"
    return None


def is_blind(file: File) -> bool:
    """No hash is known, of the file or of its content: what is found the first time has to be written down."""
    return not file.hashes() and not (file.content and file.content.hashes())


def mismatch(path: Path, file: File, pinned: Digests | None = None) -> str | None:
    """What is wrong with the file at `path`, or None. pinned: what was found the first time, for a file that is_blind.

    A file that was rebuilt here may be compressed otherwise than the registered one: then its content decides.
    """
    if is_blind(file) and pinned is not None:
        changed = difference(pinned, digest_file(path, pinned))
        return f"{changed} (expected as first found; delete its .found.json to accept another version)" if changed else None
    wrong = difference(file, digest_file(path, file)) or (_first_bytes_mismatch(path, file) if is_blind(file) else None)
    decided_by_content = file.built_by is not None if wrong else not file.hashes()
    if file.content is None or not decided_by_content:
        return wrong
    return _content_mismatch(path, file.content)


def _first_bytes_mismatch(path: Path, file: File) -> str | None:
    """A server that has lost a file may send a page that says so, with status 200: that must not be taken for the file."""
    suffix = Path(file.path).suffix
    expected = FIRST_BYTES.get(suffix, b"")
    with path.open("rb") as opened:
        found = opened.read(len(expected))
    return None if found == expected else f"it starts with {found!r}, which no {suffix} file does"


def _content_mismatch(path: Path, content: Content) -> str | None:
    try:
        found = digest(decompressed(path, LARGEST if content.bytes is None else content.bytes, content.member), content)
    except UserError as error:
        return str(error)
    wrong = difference(content, found)
    return f"its content: {wrong}" if wrong else None
