"""Files that no address serves: made from their source by the builder of their corpus, and used only if they hold what they must."""

import importlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from common.atomic import sync_directory
from common.data.registry import Dataset, File
from common.data.verify import mismatch
from common.errors import UserError


@dataclass(frozen=True)
class Builder:
    """module: has `build(archive, folder)`, which writes the files under their registered names. minutes: roughly, on a laptop."""

    module: str
    minutes: int

    def load(self) -> Callable[[Path, Path], object]:
        build: Callable[[Path, Path], object] = importlib.import_module(self.module).build
        return build


# (set, recipe) -> what follows it. A recipe that is not here cannot be followed by a program.
BUILDERS = {
    ("wikipedia", "cleaned"): Builder("common.data.corpora.wikipedia", 3),
    ("europarl", "cut"): Builder("common.data.corpora.europarl", 12),
    ("canlaws", "cut"): Builder("common.data.corpora.canlaws", 5),
    ("hansards", "columns"): Builder("common.data.corpora.hansards", 1),
}


def builder_of(wanted: Dataset, recipe: str) -> Builder | None:
    """None where no program follows this recipe, or its source is no set."""
    return BUILDERS.get((wanted.name, recipe)) if wanted.recipes[recipe].source is not None else None


def build_files(builder: Builder, archive: Path, files: list[File], work: Path, cache: Path) -> list[Path]:
    """Builds in the folder `work`, which is gone afterwards, and moves `files` to their places in the cache: all, or none.

    Raises UserError where the builder leaves one out or makes it otherwise than it is registered: its content decides, for
    another version of xz compresses otherwise.
    """
    shutil.rmtree(work, ignore_errors=True)  # of a process that was killed
    work.mkdir(parents=True)
    try:
        builder.load()(archive, work)
        built = [work / PurePosixPath(file.path).name for file in files]
        for path, file in zip(built, files, strict=True):
            wrong = mismatch(path, file) if path.is_file() else "the builder does not make it"
            if wrong is not None:
                raise UserError(
                    f"{file.path} as built from {archive} is not the registered one: {wrong}; delete {archive} to fetch it anew, "
                    f"name a mirror that has the file in ROAD_DATA_MIRROR, or put it at {cache / file.path}"
                )
        return [_moved(path, cache / file.path) for path, file in zip(built, files, strict=True)]
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _moved(path: Path, final: Path) -> Path:
    with path.open("rb+") as whole:
        os.fsync(whole.fileno())
    final.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, final)
    sync_directory(final.parent)
    return final
