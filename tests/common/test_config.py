import math
from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field, ValidationError

from common.config import Settings, check_tier, digest, parse, parse_sets, read_yaml, resolve
from common.errors import UserError

CONFIG = {
    "lexicon": {
        "base": {"hidden": 1, "passes": 1, "rate": 1, "reading": 1},
        "tiers": {"smoke": {"passes": 2, "rate": 2, "reading": 2}},
        "variants": {"g2": {"rate": 3, "reading": 3}, "plain": None},
    }
}


class Inner(Settings):
    width: int = Field(default=1, gt=0)
    share: float = 0.5


class Rate(Settings):
    rate: float


class Example(Settings):
    hidden: int = Field(gt=0)
    loss: Literal["squared", "cross_entropy"] = "squared"
    rate: float = 1.0
    inner: Inner = Inner()
    layers: list[Inner] = Field(default_factory=list)


def error(*arguments) -> str:
    with pytest.raises(UserError) as caught:
        parse(*arguments)
    return str(caught.value)


def test_the_variant_goes_before_the_tier_and_that_before_the_base() -> None:
    assert resolve(CONFIG, "lexicon", "g2", "smoke", "c") == {"hidden": 1, "passes": 2, "rate": 3, "reading": 3}
    assert resolve(CONFIG, "lexicon", "g2", "laptop", "c") == {"hidden": 1, "passes": 1, "rate": 3, "reading": 3}
    assert resolve(CONFIG, "lexicon", "plain", "smoke", "c") == {"hidden": 1, "passes": 2, "rate": 2, "reading": 2}


def test_set_values_are_read_as_yaml() -> None:
    found = parse_sets(["passes=3", "loss=squared", "biases=false", "lags=[1, 2]", "name=a=b", "none="])
    assert found == {
        "passes": 3, "loss": "squared", "biases": False, "lags": [1, 2], "name": "a=b", "none": None
    }  # fmt: skip
    assert parse(Rate, parse_sets(["rate=1e-2"]), "here").rate == 0.01  # text in YAML 1.1, a number all the same


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ("passes", "--set passes: not of the form key=value"),
        ("=3", "--set =3: not of the form key=value"),
        ("passes=[1", "--set passes=[1: the value is not YAML"),
    ],
)
def test_a_set_that_cannot_be_read_is_shown(item: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_sets([item])
    assert str(caught.value) == says


@pytest.mark.parametrize(
    ("experiment", "variant", "says"),
    [
        ("lexikon", "g2", "unknown experiment in config.yaml 'lexikon': did you mean 'lexicon'?"),
        ("lexicon", "plane", "unknown variant of lexicon in config.yaml 'plane': did you mean 'plain'?"),
        ("lexicon", "xyz", "unknown variant of lexicon in config.yaml 'xyz': choose from g2, plain"),
    ],
)
def test_an_unknown_experiment_or_variant_is_answered_with_the_nearest(experiment: str, variant: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        resolve(CONFIG, experiment, variant, "smoke", "config.yaml")
    assert str(caught.value) == says


def test_an_unknown_tier_is_answered_with_the_nearest() -> None:
    assert check_tier("paper") == "paper"
    with pytest.raises(UserError, match=r"^unknown tier 'lapttop': did you mean 'laptop'\?$"):
        check_tier("lapttop")
    with pytest.raises(UserError, match=r"^unknown tier 'smok': did you mean 'smoke'\?$"):
        resolve({"e": {"tiers": {"smok": {}}, "variants": {"v": None}}}, "e", "v", "smoke", "config.yaml")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (None, "config.yaml: it must map experiments to their settings, found None"),
        (
            {"e": None},
            "config.yaml: e: the file: input should be a valid dictionary or instance of section, found None",
        ),
        ({"e": {"base": {}}}, "config.yaml: e: variants: field required"),
        ({"e": {"variants": None}}, "config.yaml: e: variants: input should be a valid dictionary, found None"),
        ({"e": {"variants": {"v": 3}}}, "config.yaml: e: variants.v: input should be a valid dictionary, found 3"),
        ({"e": {"varaints": {}, "variants": {}}}, "config.yaml: e: unknown key 'varaints': did you mean 'variants'?"),
    ],
)
def test_a_config_that_was_cut_short_is_one_line(source: object, says: str) -> None:
    with pytest.raises(UserError) as caught:
        resolve(source, "e", "v", "smoke", "config.yaml")  # type: ignore[arg-type]
    assert str(caught.value) == says


def test_an_unknown_key_is_answered_with_the_nearest_of_the_model_it_stands_in() -> None:
    assert error(Example, {"hiden": 3, "hidden": 3}, "here") == "here: unknown key 'hiden': did you mean 'hidden'?"
    assert error(Example, {"hidden": 1, "inner": {"widht": 1}}, "here") == "here: unknown key 'widht': did you mean 'width'?"
    assert error(Example, {"hidden": 1, "layers": [{"widht": 1}]}, "here").endswith("did you mean 'width'?")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"hidden": 0}, "here: hidden: input should be greater than 0, found 0"),
        ({"hidden": [1]}, "here: hidden: input should be a valid integer, found [1]"),
        ({"hidden": 1, "loss": "l1"}, "here: loss: input should be 'squared' or 'cross_entropy', found 'l1'"),
        ({"hidden": 1, "inner": {"width": -1}}, "here: inner.width: input should be greater than 0, found -1"),
        ({}, "here: hidden: field required"),
        ({"hidden": 1, "rate": math.inf}, "here: rate: input should be a finite number, found inf"),
        ({"hidden": 1, "inner": {"width": 1, "share": math.nan}}, "here: inner.share: input should be a finite number, found nan"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_shown_with_its_place(data: dict, says: str) -> None:
    assert error(Example, data, "here") == says


def test_settings_cannot_be_changed() -> None:
    settings = Example(hidden=3)
    with pytest.raises(ValidationError, match="frozen"):
        settings.hidden = 4


def test_yaml_that_was_cut_short_names_the_file_and_the_line(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    for text, line in (("a: 1\nb: c: 2\nd: 3\n", 2), ("lexicon:\n  base: {hidden: 150,\n    passes: 6\n", 4)):
        path.write_text(text)
        with pytest.raises(UserError, match=rf"^{path}, line {line}: not valid YAML \(.*\); mend it$"):
            read_yaml(path)


def test_a_file_cut_in_the_middle_of_a_character_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes("a: 1\nb: ±".encode()[:-1])
    with pytest.raises(UserError, match=rf"^{path}, line 2: not UTF-8 text; mend it$"):
        read_yaml(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"config\.yaml does not exist"):
        read_yaml(tmp_path / "config.yaml")


def test_a_digest_follows_values_and_not_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    assert digest({"a": 1}) != digest({"a": 1.5})
    assert digest({"a": 1}) != digest({"b": 1})
    assert len(digest({})) == 16
