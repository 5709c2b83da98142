"""The registry of corpora, `data/registry.yaml`: where each file lies, what it must hash to, and what its licence allows."""

import functools
import re
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import Field, field_validator, model_validator

from common import catalogue
from common.config import Settings, check_tier, parse, read_yaml
from common.errors import UserError, unknown

PREPARED = Path("data/prepared")
# The sets that `common.data.sets` turns into token ids; named here, where it costs nothing to look.
NUMBERED = ("multi30k", "tatoeba", "europarl", "canlaws", "hansards", "brown", "wikipedia")


class Licence(Settings):
    """What may be done with a set. verified: read in the source itself, not remembered."""

    name: str
    url: str | None = None
    non_commercial: bool
    redistributable: bool
    share_alike: bool
    verified: bool
    note: str = ""

    def restrictions(self) -> str:
        """`non-commercial use only; may not be passed on`, or an empty string where neither holds."""
        said = ((self.non_commercial, "non-commercial use only"), (not self.redistributable, "may not be passed on"))
        return "; ".join(text for holds, text in said if holds)


class Digests(Settings):
    """Size and hashes of some bytes. What nobody has published is null."""

    bytes: int | None = Field(default=None, ge=0)
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    md5: str | None = Field(default=None, pattern="^[0-9a-f]{32}$")
    sha1: str | None = Field(default=None, pattern="^[0-9a-f]{40}$")

    def hashes(self) -> dict[str, str]:
        """The known hashes by algorithm; none where the file has never been seen."""
        known = {"sha256": self.sha256, "sha1": self.sha1, "md5": self.md5}
        return {algorithm: value for algorithm, value in known.items() if value is not None}


class Content(Digests):
    """What a compressed file must unpack to; `member` names it inside a zip."""

    member: str | None = None


class File(Digests):
    """One file of a set.

    path: relative, the same under the mirror and in the cache. verified: size or a hash was computed or read in a program
    that checks it; otherwise it is remembered or unknown. built_by: the recipe of its set that makes it, for a file that no
    address serves. for_tests: no reader needs it, so it is not fetched with its set, only by its own name.
    """

    path: str
    urls: list[str] = Field(default_factory=list)  # the primary one first
    verified: bool = True
    content: Content | None = None
    built_by: str | None = None
    for_tests: bool = False
    note: str = ""

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, path: str) -> str:
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or str(pure) != path or "\\" in path or len(pure.parts) < 2:
            raise ValueError(f"'{path}' is not of the form folder/file")
        return path

    @field_validator("urls")
    @classmethod
    def _http(cls, urls: list[str]) -> list[str]:
        for url in urls:
            if not re.match(r"https?://[^/\s]+/\S*$", url):
                raise ValueError(f"'{url}' is not an http or https address")
        return urls

    @model_validator(mode="after")
    def _comes_from_somewhere(self) -> "File":
        if bool(self.urls) == bool(self.built_by):
            raise ValueError(f"{self.path} needs either urls or built_by")
        if not self.hashes() and self.verified and self.content is None:
            raise ValueError(f"{self.path} has no hash, so it must say verified: false")
        return self


class Recipe(Settings):
    """How files are cut or rebuilt from a source. source: the set that holds the original, null for another package's file."""

    source: str | None
    how: str


class Dataset(Settings):
    """A corpus. used_by: paper -> tiers. obtain: what to do by hand, for a set that no program may download."""

    name: str = Field(pattern="^[a-z][a-z0-9_]*$")
    title: str
    version: str
    home: str | None
    licence: Licence
    attribution: str
    retrieved: str | None = Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$")  # null: no copy has been had yet
    mirrored: bool = False
    used_by: dict[str, list[str]] = Field(default_factory=dict)
    recipes: dict[str, Recipe] = Field(default_factory=dict)
    files: list[File] = Field(default_factory=list)
    obtain: str | None = None
    note: str = ""

    @field_validator("used_by")
    @classmethod
    def _tiers_exist(cls, used_by: dict[str, list[str]]) -> dict[str, list[str]]:
        return {slug: [check_tier(tier) for tier in tiers] for slug, tiers in used_by.items()}

    @model_validator(mode="after")
    def _parts_agree(self) -> "Dataset":
        if bool(self.files) == bool(self.obtain):
            raise ValueError("give either files or obtain")
        for file in self.files:
            if file.built_by is not None and file.built_by not in self.recipes:
                raise unknown(f"recipe of {file.path}", file.built_by, self.recipes)
        return self

    @property
    def bytes(self) -> int | None:
        """Of all files together; null where one is unknown."""
        sizes = [file.bytes for file in self.files]
        return sum(size for size in sizes if size is not None) if sizes and None not in sizes else None

    def notice(self) -> str | None:
        """One line for whoever uses a set that is not free for every use; null for the others."""
        restrictions = self.licence.restrictions()
        return f"{self.title} ({self.licence.name}): {restrictions}. {self.attribution}" if restrictions else None


class Registry(Settings):
    datasets: dict[str, Dataset]

    def mirrored(self) -> list[Dataset]:
        return [dataset for dataset in self.datasets.values() if dataset.mirrored]

    def dataset(self, name: str) -> Dataset:
        if name not in self.datasets:
            raise unknown("data set", name, self.datasets)
        return self.datasets[name]


def parse_registry(data: Any, where: str) -> Registry:
    """Checks each set, then what they say of one another. data: `{datasets: [{name: ...}, ...]}`."""
    if not isinstance(data, dict) or set(data) != {"datasets"} or not isinstance(data["datasets"], list):
        raise UserError(f"{where}: it must be one list called datasets")
    datasets: dict[str, Dataset] = {}
    owner: dict[str, str] = {}
    for number, entry in enumerate(data["datasets"], start=1):
        name = entry.get("name") if isinstance(entry, dict) else None
        checked = parse(Dataset, entry, f"{where}: {name or f'set number {number}'}")
        if checked.name in datasets:
            raise UserError(f"{where}: {checked.name} is there twice; rename one")
        datasets[checked.name] = checked
        for file in checked.files:
            if file.path in owner:
                raise UserError(
                    f"{where}: {file.path} is listed under {owner[file.path]} and {checked.name}; it needs one place"
                )
            owner[file.path] = checked.name
    for checked in datasets.values():
        for recipe in checked.recipes.values():
            if recipe.source is not None and recipe.source not in datasets:
                raise UserError(f"{where}: {checked.name}: {unknown('source', recipe.source, datasets)}")
    return Registry(datasets=datasets)


@functools.cache
def _read(path: Path) -> Registry:
    return parse_registry(read_yaml(path), "data/registry.yaml")


def registry() -> Registry:
    """Raises UserError that names the set and the key where the file is wrong."""
    return _read(catalogue.ROOT / "data" / "registry.yaml")


def dataset(name: str) -> Dataset:
    """Raises UserError with the nearest name where there is no such set."""
    return registry().dataset(name)
