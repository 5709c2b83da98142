"""One list of dependencies in three files, and a setup that never pulls a CUDA build by accident."""

import re
import tomllib

import yaml

from common.catalogue import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINS = dict(line.lower().split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line)


def plain(requirement: str) -> str:
    return re.split(r"[=<>~! ;\[]", requirement)[0].lower()


def test_every_dependency_is_pinned():
    named = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    assert [plain(r) for r in named if plain(r) not in PINS] == []


def test_torch_is_pinned_to_one_release_everywhere():
    assert f"torch=={PINS['torch']}" in PROJECT["dependencies"]
    assert "+" not in PINS["torch"]


def test_conda_installs_this_package_under_the_same_constraints():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, pip = environment["dependencies"][0], environment["dependencies"][-1]["pip"]
    assert python == f"python{PROJECT['requires-python'].replace('>=', '=')}"
    assert pip == ["-c constraints.txt", "-e ."]


def test_every_import_of_the_code_is_a_declared_dependency():
    """By the first name of each import statement of common and papers; an extra is declared too."""
    names = {"yaml": "pyyaml", "sklearn": "scikit-learn"}
    extras = [r for name, extra in PROJECT["optional-dependencies"].items() if name != "dev" for r in extra]
    declared = {plain(requirement) for requirement in [*PROJECT["dependencies"], *extras]}
    import ast
    import sys

    for folder in ("common", "papers"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                found = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                found += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                for name in {n.split(".")[0] for n in found} - {"common", "papers"} - set(sys.stdlib_module_names):
                    assert names.get(name, name) in declared, f"{path}: {name}"
