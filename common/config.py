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
    """Base of every experiment's settings: immutable; a misspelt key is an error, and so is a number that no manifest can hold."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Section(Settings):
    """What config.yaml says of one experiment."""

    base: dict[str, Any] | None = None
    tiers: dict[str, dict[str, Any] | None] = {}
    variants: dict[str, dict[str, Any] | None]


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
    except UnicodeDecodeError as error:
        number = error.object.count(b"\n", 0, error.start) + 1
        raise UserError(f"{path}, line {number}: not UTF-8 text; mend it") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise UserError(f"{path}{line}: not valid YAML ({getattr(error, 'problem', error)}); mend it") from None


def parse(model: type[Model], data: Any, where: str) -> Model:
    """`data` as `model`; what is wrong first becomes one line, with the nearest known key if one is unknown."""
    try:
        return model.model_validate(data)
    except UserError as error:
        raise UserError(f"{where}: {error}") from None
    except ValidationError as error:
        errors = error.errors(include_url=False)
        # A misspelt key is often also a missing one; the misspelling is what helps.
        first = next((found for found in errors if found["type"] == "extra_forbidden"), errors[0])
        path = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise UserError(f"{where}: {unknown('key', str(first['loc'][-1]), _known_keys(model, first['loc']))}") from None
        if first["type"] == "value_error":  # a validator of ours, which names what it found
            raise UserError(f"{where}: {path + ': ' if path else ''}{first['ctx']['error']}") from None
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
        try:
            values[key] = yaml.safe_load(value)
        except yaml.YAMLError:
            raise UserError(f"--set {item}: the value is not YAML") from None
    return values


def resolve(source: Mapping[str, Any], experiment: str, variant: str, tier: str, where: str) -> dict[str, Any]:
    """The merged settings of one run, not yet checked against the experiment's model.

    `source` is a paper's config.yaml: experiment -> Section.
    """
    if not isinstance(source, Mapping):
        raise UserError(f"{where}: it must map experiments to their settings, found {source!r}")
    if experiment not in source:
        raise unknown(f"experiment in {where}", experiment, source)
    section = parse(Section, source[experiment], f"{where}: {experiment}")
    for key in section.tiers:
        check_tier(key)
    if variant not in section.variants:
        raise unknown(f"variant of {experiment} in {where}", variant, section.variants)
    return {**(section.base or {}), **(section.tiers.get(tier) or {}), **(section.variants[variant] or {})}


def digest(values: Any) -> str:
    """16 hex digits that change when a value does, and not when keys change places."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]
