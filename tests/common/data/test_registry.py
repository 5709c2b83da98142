import copy
import os
from pathlib import Path
from typing import Any

import pytest

from common.data.registry import Digests, dataset, parse_registry, registry
from common.data.verify import difference, digest_file, mismatch
from common.errors import UserError

MIRROR = os.environ.get("ROAD_DATA_MIRROR")
GOOD: dict[str, Any] = {
    "name": "toy",
    "title": "Toy",
    "version": "1",
    "home": None,
    "licence": {"name": "CC0", "non_commercial": False, "redistributable": True, "share_alike": False, "verified": True},
    "attribution": "Nobody",
    "retrieved": "2026-11",
    "files": [{"path": "toy/a.gz", "urls": ["https://example.org/a.gz"], "bytes": 5, "sha256": "0" * 64}],
}


def changed(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(GOOD), **changes}


def a_file(**changes: Any) -> dict[str, Any]:
    return changed(files=[{**GOOD["files"][0], **changes}])


def test_the_mirror_has_50_files_of_76_336_940_bytes_in_nine_sets() -> None:
    mirrored = registry().mirrored()
    assert len(mirrored) == 9
    files = [file for one in mirrored for file in one.files]
    assert len(files) == 50
    assert sum(file.bytes or 0 for file in files) == 76_336_940
    assert all(file.sha256 and file.verified for file in files)


def test_the_five_archives_of_wmt_2014_make_6_6_gigabytes() -> None:
    names = ("wmt_europarl", "wmt_commoncrawl", "wmt_un", "wmt_news_commentary_v9", "wmt_giga_fren")
    assert round(sum(dataset(name).bytes or 0 for name in names) / 1e9, 1) == 6.6


def test_every_file_of_a_set_without_a_mirror_has_an_address_or_the_set_says_how_to_obtain_it() -> None:
    for one in registry().datasets.values():
        assert one.obtain or one.files
        for file in one.files:
            assert file.urls or (file.built_by and one.recipes[file.built_by].source in registry().datasets)


def test_the_four_rebuilt_sets_name_their_source_and_what_a_rebuild_must_unpack_to() -> None:
    built = {
        one.name: {one.recipes[file.built_by].source for file in one.files if file.built_by}
        for one in registry().datasets.values()
        if one.recipes
    }
    assert built == {name: {f"{name}_source"} for name in ("wikipedia", "europarl", "canlaws", "hansards")}
    for name in built:
        for file in dataset(name).files:
            assert file.content or file.built_by in (None, "sample")


def test_what_is_unknown_says_that_it_is_unverified() -> None:
    files = {file.path: file for one in registry().datasets.values() for file in one.files}
    assert not files["wmt/fr-en.tgz"].verified
    assert not files["google_news/GoogleNews-vectors-negative300.bin.gz"].verified  # its md5 is remembered
    assert files["wmt/wmt14-test-full.tgz"].hashes().keys() == {"md5"}
    for file in files.values():
        assert file.verified or file.sha256 is None


@pytest.mark.parametrize(
    ("name", "restrictions"),
    [
        ("multi30k", "non-commercial use only"),
        ("brown", "non-commercial use only"),
        ("hansards", "non-commercial use only"),
        ("ap_news", "non-commercial use only; may not be passed on"),
        ("europarl", ""),
        ("wikipedia", ""),
    ],
)
def test_the_restrictions_of_a_licence_are_known(name: str, restrictions: str) -> None:
    assert dataset(name).licence.restrictions() == restrictions
    assert (dataset(name).notice() is None) == (restrictions == "")


def test_an_unknown_set_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match="unknown data set 'multi30': did you mean 'multi30k'"):
        dataset("multi30")


def test_a_good_registry_is_read() -> None:
    read = parse_registry({"datasets": [GOOD]}, "r.yaml").dataset("toy")
    assert read.bytes == 5
    assert read.files[0].hashes() == {"sha256": "0" * 64}


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        (changed(tittle="x"), "r.yaml: toy: unknown key 'tittle': did you mean 'title'"),
        (
            changed(licence={**GOOD["licence"], "non_comercial": True}),
            "unknown key 'non_comercial': did you mean 'non_commercial'",
        ),
        (a_file(sha265="0" * 64), "unknown key 'sha265': did you mean 'sha256'"),
        (a_file(content={"byte": 5}), "unknown key 'byte': did you mean 'bytes'"),
        (a_file(sha256="abc"), "files.0.sha256: string should match"),
        (a_file(path="../a"), "'../a' is not of the form folder/file"),
        (a_file(path="/toy/a"), "'/toy/a' is not of the form folder/file"),
        (a_file(urls=["ftp://example.org/a"]), "'ftp://example.org/a' is not an http or https address"),
        (a_file(urls=[]), "toy/a.gz needs either urls or built_by"),
        (a_file(urls=[], built_by="cut"), "unknown recipe of toy/a.gz 'cut'"),
        (a_file(sha256=None), "toy/a.gz has no hash, so it must say verified: false"),
        (changed(used_by={"cho2014": ["papr"]}), "unknown tier 'papr': did you mean 'paper'"),
        (changed(obtain="buy it"), "give either files or obtain"),
        (changed(retrieved="last week"), "retrieved: string should match"),
        (changed(recipes={"cut": {"source": "toi", "how": "cut"}}), "unknown source 'toi': did you mean 'toy'"),
        (changed(files=GOOD["files"] * 2), "toy/a.gz is listed under toy and toy"),
        ("toy", "r.yaml: set number 1"),
    ],
)
def test_a_wrong_entry_is_one_line_that_names_it(entry: Any, error: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_registry({"datasets": [entry]}, "r.yaml")
    assert error in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_name_has_one_entry() -> None:
    with pytest.raises(UserError, match="toy is there twice"):
        parse_registry({"datasets": [GOOD, GOOD]}, "r.yaml")
    with pytest.raises(UserError, match="it must be one list called datasets"):
        parse_registry({"sets": []}, "r.yaml")


def test_hashes_of_known_bytes(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")  # the example of FIPS 180 and RFC 1321
    abc = Digests(
        bytes=3,
        sha256="ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        sha1="a9993e364706816aba3e25717850c26c9cd0d89d",
        md5="900150983cd24fb0d6963f7d28e17f72",
    )
    assert digest_file(tmp_path / "abc", abc) == abc
    assert difference(abc, abc) is None
    assert difference(Digests(md5="0" * 32), abc) == f"expected md5 {'0' * 32}, found {abc.md5}"
    assert difference(Digests(bytes=1234), abc) == "expected 1,234 bytes, found 3"


@pytest.mark.mirror
@pytest.mark.skipif(not MIRROR, reason="ROAD_DATA_MIRROR names no mirror")
def test_every_registered_file_of_the_mirror_is_there_with_its_hash_and_content() -> None:
    listed = [file for one in registry().mirrored() for file in one.files]
    for file in listed:
        path = Path(MIRROR or "", file.path)
        assert mismatch(path, file) is None, file.path
        if file.content:  # as if it had been rebuilt: the content decides
            assert mismatch(path, file.model_copy(update={"sha256": None})) is None, file.path
    found = {str(path.relative_to(MIRROR or "")) for path in Path(MIRROR or "").glob("*/*")}
    assert found == {file.path for file in listed}
