"""Settings: base < tier < variant < `--set`, into frozen pydantic models that refuse unknown keys by name."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from common.errors import UserError, unknown

TIERS = ("smoke", "laptop", "corpus", "paper")


class Settings(BaseModel):
    """Base of every experiment's settings: immutable, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Model = TypeVar("Model", bound=BaseModel)


def check_tier(tier: str) -> str:
    if tier not in TIERS:
        raise unknown("tier", tier, TIERS)
    return tier


def read_yaml(path: Path) -> Any:
    """The parsed file. Raises UserError that names the file and the line where it is missing or not YAML."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise UserError(f"{path}{line}: not valid YAML ({getattr(error, 'problem', error)}); mend it") from None


def parse(model: type[Model], data: Any, where: str) -> Model:
    """`data` as `model`; the first thing that is wrong becomes one line, with the nearest known key if one is unknown."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise UserError(f"{where}: {unknown('key', str(first['loc'][-1]), _known_keys(model, first['loc']))}") from None
        found = "" if first["type"] == "missing" else f", found {first['input']!r}"
        raise UserError(f"{where}: {path or 'the file'}: {first['msg'].lower()}{found}") from None


def _known_keys(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Field names of the nested model in which the last part of `path` was found."""
    for part in path[:-1]:
        field = model.model_fields.get(str(part))
        if field is not None:
            candidates = [field.annotation, *getattr(field.annotation, "__args__", ())]
            model = next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), model)
    return list(model.model_fields)


def parse_sets(sets: list[str]) -> dict[str, Any]:
    """`["passes=3"]` -> `{"passes": 3}`; values are read as YAML."""
    values = {}
    for item in sets:
        key, equals, value = item.partition("=")
        if not equals or not key:
            raise UserError(f"--set {item}: not of the form key=value")
        values[key] = yaml.safe_load(value)
    return values


def resolve(source: Mapping[str, Any], experiment: str, variant: str, tier: str, where: str) -> dict[str, Any]:
    """The merged settings of one run, not yet checked against the experiment's model.

    `source` is a paper's config.yaml: experiment -> {base: {...}, tiers: {tier: {...}}, variants: {variant: {...}}}.
    """
    if experiment not in source:
        raise unknown(f"experiment in {where}", experiment, source)
    section = source[experiment]
    for key in section:
        if key not in ("base", "tiers", "variants"):
            raise UserError(f"{where}: {experiment}: {unknown('key', key, ('base', 'tiers', 'variants'))}")
    for key in section.get("tiers", {}):
        check_tier(key)
    variants = section.get("variants") or {}
    if variant not in variants:
        raise unknown(f"variant of {experiment} in {where}", variant, variants)
    return {**(section.get("base") or {}), **(section.get("tiers", {}).get(tier) or {}), **(variants[variant] or {})}


def digest(values: Any) -> str:
    """16 hex digits that change when a value does, and not when keys change places."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]
