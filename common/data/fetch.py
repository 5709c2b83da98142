"""Fetching the files of a set: the local mirror first, then each address in turn; nothing is used that does not verify.

Files are kept outside the tree, in a cache that all clones share. Beside a file there may be `.<name>.<hash>.part` (a download
that broke off and will go on), `.<name>.lock`, and `<name>.found.json` (what was found, where the registry knows no hash).
A file that no address serves is built from its source, which is fetched first. `fetch.log` tells what came from where.
"""

import errno
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import platformdirs
from filelock import FileLock, Timeout

from common.atomic import sync_directory, write_json
from common.data.build import Builder, build_files, builder_of
from common.data.download import AddressError, Patience, download
from common.data.registry import Dataset, Digests, File, dataset
from common.data.verify import digest_file, is_blind, mismatch
from common.errors import UserError, unknown
from common.progress import Progress

LARGE = 100_000_000  # bytes; from here on size and licence are stated before the download starts


def configured_mirror() -> Path | None:
    """The folder that ROAD_DATA_MIRROR names. Raises UserError where it does not exist."""
    named = os.environ.get("ROAD_DATA_MIRROR")
    if named and not Path(named).is_dir():
        raise UserError(f"ROAD_DATA_MIRROR is '{named}', which is not a folder; correct or unset it")
    return Path(named) if named else None


def configured_cache() -> Path:
    """The folder that ROAD_DATA_CACHE names, or one in the user's own cache."""
    named = os.environ.get("ROAD_DATA_CACHE")
    return Path(named) if named else platformdirs.user_cache_path("road-to-attention")


def fetch(
    name: str, mirror: Path | None = None, cache: Path | None = None, only: Collection[str] | None = None
) -> dict[str, Path]:
    """The files of a set, verified: File.path -> where it lies, in the mirror or in the cache.

    mirror, cache: as the environment configures them where None. only: these paths of the set; if None, all but those for
    tests. Raises UserError that names file, address, what was expected and found, and what to do.
    """
    wanted = dataset(name)
    if wanted.files:
        wanted = choose(wanted, [file.path for file in wanted.files if not file.for_tests] if only is None else only)
    return fetch_dataset(wanted, mirror or configured_mirror(), cache or configured_cache())


def choose(wanted: Dataset, paths: Collection[str]) -> Dataset:
    """The set with these files only. Raises UserError with the nearest path where one is not in it."""
    listed = {file.path: file for file in wanted.files}
    for path in paths:
        if path not in listed:
            raise unknown(f"file of {wanted.name}", path, listed)
    return wanted.model_copy(update={"files": [file for path, file in listed.items() if path in paths]})


def fetch_dataset(
    wanted: Dataset, mirror: Path | None, cache: Path, patience: Patience | None = None, stream: TextIO | None = None
) -> dict[str, Path]:
    """`fetch` for a set in hand; without a mirror if None. stream: where licence and progress are shown, default stderr."""
    stream, patience = stream or sys.stderr, patience or Patience()
    if wanted.obtain is not None:
        raise UserError(f"{wanted.name} cannot be downloaded: {wanted.obtain}")
    if notice := wanted.notice():
        print(f"{wanted.name}: {notice}", file=stream)
    paths = {}
    for file in wanted.files:
        path = _usable(file, mirror, cache, stream) if mirror else None
        path = path or _usable(file, cache, cache, stream)
        if path:
            paths[file.path] = path
    missing = [file for file in wanted.files if file.path not in paths]
    to_build = _to_build(wanted, missing, cache)
    missing = [file for file in missing if file.built_by is None]
    if said := _announcement(wanted, missing):
        print(said, file=stream)
    for file in missing:
        paths[file.path] = _fetch_file(file, wanted.home, cache, patience, stream)
    for recipe, (builder, files) in to_build.items():
        source = dataset(wanted.recipes[recipe].source or "")
        with _locked(cache / wanted.name / recipe, cache, files[0], "builds", stream):
            absent = [file for file in files if not _usable(file, cache, cache, None)]
            if absent:
                (archive,) = fetch_dataset(source, mirror, cache, patience, stream).values()
                _build(builder, archive, absent, cache / wanted.name / f".{recipe}.building", cache, stream)
        paths |= {file.path: cache / file.path for file in files}
    return paths


def _to_build(wanted: Dataset, missing: list[File], cache: Path) -> dict[str, tuple[Builder, list[File]]]:
    """Recipe -> its builder and the files that are missing. Raises UserError, before any download, where there is no builder."""
    to_build: dict[str, tuple[Builder, list[File]]] = {}
    for file in missing:
        if file.built_by is not None:
            builder = builder_of(wanted, file.built_by)
            if builder is None:
                raise _is_built(wanted, file, cache)
            to_build.setdefault(file.built_by, (builder, []))[1].append(file)
    return to_build


def _build(builder: Builder, archive: Path, files: list[File], work: Path, cache: Path, stream: TextIO) -> None:
    names = ", ".join(file.path for file in files)
    print(f"{names}: a build from {archive.name} starts; it takes about {builder.minutes} min", file=stream)
    build_files(builder, archive, files, work, cache)
    with (cache / "fetch.log").open("a", encoding="utf-8") as log:
        for file in files:
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {file.path} built from {archive}\n")


def _announcement(wanted: Dataset, missing: list[File]) -> str | None:
    """Size and licence of what is about to be downloaded, if it is large or nobody knows."""
    known = sum(file.bytes for file in missing if file.bytes is not None)
    unknown_sizes = sum(file.bytes is None for file in missing)
    if known <= LARGE and not unknown_sizes:
        return None
    sizes = [f"{known / 1e6:,.0f} MB"] if known else []
    if unknown_sizes:
        sizes.append(f"{unknown_sizes} file{'s' if unknown_sizes > 1 else ''} of unknown size")
    licence = f"{wanted.licence.name} {wanted.licence.url or ''}".rstrip()
    return f"{wanted.name}: {' and '.join(sizes)} to download; licence: {licence}"


def _usable(file: File, root: Path, cache: Path, stream: TextIO | None) -> Path | None:
    """The file under `root` if it verifies; one that does not is named on `stream` and passed over."""
    path = root / file.path
    if not path.is_file():
        return None
    pinned = _pinned(cache / file.path)
    wrong = mismatch(path, file, pinned)
    if wrong is not None:
        if stream:
            print(f"{path} is not used: {wrong}", file=stream)
        return None
    if is_blind(file) and pinned is None:
        _pin(path, cache / file.path, "put there by hand")
    return path


def _sidecar(final: Path) -> Path:
    return final.with_name(f"{final.name}.found.json")


def _pinned(final: Path) -> Digests | None:
    path = _sidecar(final)
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Digests(bytes=found["bytes"], sha256=found["sha256"])
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{path} is damaged; delete it, and the file beside it if you do not trust that") from None


def _pin(path: Path, final: Path, source: str) -> None:
    """Writes down what was found, so that the next fetch compares and data/registry.yaml can be completed."""
    found = digest_file(path, Digests())
    write_json(
        _sidecar(final), {"bytes": found.bytes, "sha256": found.sha256, "source": source, "date": time.strftime("%Y-%m-%d")}
    )


def _fetch_file(file: File, home: str | None, cache: Path, patience: Patience, stream: TextIO) -> Path:
    """Downloads one file into the cache, unless another process does so at this moment: then that one's is taken."""
    with _locked(cache / file.path, cache, file, "fetches", stream):
        return _usable(file, cache, cache, None) or _from_addresses(file, home, cache, patience, stream)


@contextmanager
def _locked(final: Path, cache: Path, file: File, verb: str, stream: TextIO) -> Iterator[None]:
    """One process at a time makes what is to lie at `final`. Raises UserError about `file` where the disk is full."""
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(final.with_name(f".{final.name}.lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            print(f"{file.path}: another process {verb} it; waiting", file=stream)
            lock.acquire()
        try:
            yield
        finally:
            lock.release()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(file, cache) from None
        raise


def _from_addresses(file: File, home: str | None, cache: Path, patience: Patience, stream: TextIO) -> Path:
    final = cache / file.path
    partial = _partial(file, final)
    have = partial.stat().st_size if partial.exists() else 0
    if file.bytes is not None and shutil.disk_usage(final.parent).free < file.bytes - have:
        raise _full(file, cache)
    failures = []
    with (cache / "fetch.log").open("a", encoding="utf-8") as log:
        shown = Progress(file.path, log, stream)
        for url in file.urls:
            try:
                download(url, file, partial, patience, shown, _pinned(final))
            except AddressError as failure:
                failures.append(f"{url}: {failure}")
                continue
            if is_blind(file):
                _pin(partial, final, url)
            with partial.open("rb+") as whole:
                os.fsync(whole.fileno())
            os.replace(partial, final)
            sync_directory(final.parent)
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {file.path} from {url}\n")
            return final
    doubt = "" if file.verified else " (what data/registry.yaml says of it is unverified and may be wrong)"
    raise UserError(
        f"{file.path} could not be fetched{doubt}: {'; '.join(failures)}; "
        f"try again later, or put the right file at {final} (home: {home or 'none'})"
    )


def _partial(file: File, final: Path) -> Path:
    """Named by what the download must become, so that what broke off for an older registry is not continued."""
    expected = next(iter(file.hashes().values()), None) or hashlib.sha256(file.urls[0].encode()).hexdigest()
    return final.with_name(f".{final.name}.{expected[:16]}.part")


def _is_built(wanted: Dataset, file: File, cache: Path) -> UserError:
    recipe = wanted.recipes[file.built_by or ""]
    origin = f"from the set '{recipe.source}'" if recipe.source else f"({recipe.how})"
    return UserError(
        f"{file.path} is not downloaded but built {origin}: build it, name a mirror that has it in ROAD_DATA_MIRROR, "
        f"or put it at {cache / file.path}"
    )


def _full(file: File, cache: Path) -> UserError:
    need = f"{file.bytes:,} bytes" if file.bytes is not None else "an unknown number of bytes"
    return UserError(f"{file.path} needs {need} and the disk of {cache} is full; free some, or name another in ROAD_DATA_CACHE")
