"""Digest of what a function depends on inside this repository, so that a rerun happens exactly when its code changed.

The closure is taken symbol by symbol over syntax trees: the function, the module-level names it mentions, what those
mention, through imports into other modules of the repository. Comments, docstrings, layout and unrelated functions of
the same file do not count. Imports under `if TYPE_CHECKING:` are not followed. What lies outside the repository
(Python, numpy, torch) does not count either; the manifest records its versions.
"""

import ast
import functools
import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def fingerprint(module: str, name: str) -> str:
    """16 hex digits over the closure of `module.name`."""
    return digest_of(closure(module, name))


def digest_of(closure: dict[str, str]) -> str:
    text = "\n".join(f"{symbol} {digest}" for symbol, digest in sorted(closure.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def closure(module: str, name: str) -> dict[str, str]:
    """`"package.module:symbol"` -> digest, for all that `module.name` reaches. Raises KeyError if it is absent."""
    if name not in _module(module).symbols and name not in _module(module).imports:
        raise KeyError(f"{module} defines no {name}")
    reached: dict[str, str] = {}
    waiting = [(module, name)]
    while waiting:
        where, symbol = waiting.pop()
        key = f"{where}:{symbol}"
        if key in reached:
            continue
        source = _module(where)
        base, _, attribute = symbol.partition(".")
        for imported in source.imports.get(base, ()):
            waiting.extend(_resolve(*imported, attribute))
        if base not in source.symbols:
            continue  # a builtin, a local name or something from outside
        if attribute:
            waiting.append((where, base))
            continue
        reached[key] = source.digests[symbol]
        waiting.extend((where, mentioned) for mentioned in source.symbols[symbol])
        waiting.append((where, ""))  # statements that run at import
    return reached


def changes(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """What differs between two closures, one readable line each."""
    lines = [f"{s} changed" for s in sorted(before.keys() & now.keys()) if before[s] != now[s]]
    lines += [f"{s} is new" for s in sorted(now.keys() - before.keys())]
    return lines + [f"{s} is gone" for s in sorted(before.keys() - now.keys())]


def _resolve(module: str, name: str | None, attribute: str) -> list[tuple[str, str]]:
    """Where an imported name leads: to one symbol of a module, or to all of them if the module is passed around.

    Only into this repository. `from module import name` has a name ("*" for all of them), `import module` has none;
    `attribute` is what was taken from it, or "". The statements that run at the module's import count in either case.
    """
    if name is not None and _path(f"{module}.{name}") is not None:
        module, name = f"{module}.{name}", None
    symbol = name or attribute or "*"
    if _path(f"{module}.{symbol}") is not None:  # a module taken from a package
        module, symbol = f"{module}.{symbol}", "*"
    if _path(module) is None:
        return []
    return [(module, each) for each in (_module(module).symbols if symbol == "*" else (symbol, ""))]


class _Module:
    """Top-level symbols of one file with the names that each mentions; `""` holds the statements run at import."""

    def __init__(self, path: Path, package: list[str]):
        self.package = package
        self.symbols: dict[str, set[str]] = {"": set()}
        self.imports: dict[str, list[tuple[str, str | None]]] = {}
        texts: dict[str, list[str]] = {"": []}
        for statement in _without_docstrings(ast.parse(path.read_text(encoding="utf-8"))).body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                self._add_import(statement)
            elif isinstance(statement, ast.If) and ast.unparse(statement.test).endswith("TYPE_CHECKING"):
                continue
            else:
                for symbol in _defined(statement) or [""]:
                    texts.setdefault(symbol, []).append(ast.dump(statement))
                    self.symbols.setdefault(symbol, set()).update(_mentioned(statement))
                for inner in ast.walk(statement):
                    if isinstance(inner, ast.Import | ast.ImportFrom):
                        self._add_import(inner)
        for symbol, mentioned in self.symbols.items():
            bases = {name.partition(".")[0] for name in mentioned}
            texts[symbol] += sorted({f"{base} is {target}" for base in bases for target in self.imports.get(base, ())})
        self.digests = {s: hashlib.sha256("\n".join(t).encode()).hexdigest()[:12] for s, t in texts.items()}

    def _add_import(self, statement: ast.Import | ast.ImportFrom) -> None:
        for alias in statement.names:
            target: tuple[str, str | None] = (alias.name, None)
            if isinstance(statement, ast.ImportFrom):
                above = self.package[: len(self.package) + 1 - statement.level] if statement.level else []
                target = (".".join([*above, *([statement.module] if statement.module else [])]), alias.name)
            elif "." in alias.name and not alias.asname:  # binds the package; what is taken from the module stays unseen
                target = (alias.name, "*")
            self.imports.setdefault(alias.asname or alias.name.split(".")[0], []).append(target)


def _defined(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        targets = [statement.target]
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]


def _mentioned(statement: ast.stmt) -> set[str]:
    """Names, and `name.attribute` where an attribute is taken from a name."""
    found, bases = set(), set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{node.value.id}.{node.attr}")
            bases.add(id(node.value))
    return found | {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and id(node) not in bases}


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
                node.body = node.body[1:]
    return tree


def _path(module: str) -> Path | None:
    """The file of a module or package of this repository, None for what comes from outside."""
    path = ROOT.joinpath(*module.split("."))
    candidates = [path.with_suffix(".py"), path / "__init__.py"] if module.split(".")[0] in ("papers", "common") else []
    return next((candidate for candidate in candidates if candidate.is_file()), None)


@functools.cache
def _module(module: str) -> _Module:
    path = _path(module)
    if path is None:
        raise KeyError(f"{module} is not a module of this repository")
    package = module.split(".")
    return _Module(path, package if path.name == "__init__.py" else package[:-1])
