"""`data/README.md`, made from the registry: the sets, their sizes and licences, who uses which."""

from common.data.registry import NUMBERED, Dataset, registry

HEAD = """# Data

This page is made from [`registry.yaml`](registry.yaml) by `python -m common describe-data`; a test says when it is stale.

    snakemake fetch_multi30k                           # one set, verified, into a cache that all clones share
    snakemake fetch_multi30k --config mirror=DIR       # a local copy is looked at first (or ROAD_DATA_MIRROR=DIR)
    snakemake fetch_all_mirrored                       # every set that such a copy can hold
    snakemake prepare_multi30k                         # token ids, vocabularies and statistics in data/prepared
    snakemake prepare_all_mirrored portray_all_mirrored
    python -m common prepare mine --parallel a.en a.fr # your own text, line by line
    snakemake check_links                              # does every address still answer?

The cache is in the user's own cache folder, or where `ROAD_DATA_CACHE` says. A download that broke off goes on; nothing is used whose
hash is not the registered one. What no address serves is built from its source, which takes minutes (`hansards` needs pyarrow for it).
Files without a published hash are written down at the first fetch (`*.found.json`), to be registered.
"""


def page() -> str:
    """The whole page as Markdown."""
    sets = list(registry().datasets.values())
    parts = [HEAD, _table("Sets that a local copy can hold", [d for d in sets if d.mirrored])]
    parts.append(_table("Sets of the papers' own scale, and sources", [d for d in sets if not d.mirrored and d.files]))
    parts.append("## Not to be downloaded by a program\n\n" + _by_hand([d for d in sets if d.obtain]))
    parts.append(
        "## How they look\n\n" + "".join(f"![{name}: lengths and frequencies](figures/{name}.png)\n\n" for name in NUMBERED)
    )
    parts.append("## Attribution\n\n" + "".join(f"* `{d.name}`: {d.attribution}\n" for d in sets))
    return "\n".join(parts)


def _table(title: str, sets: list[Dataset]) -> str:
    rows = [f"| `{d.name}` | {_what(d)} | {len(d.files)} | {_size(d)} | {_licence(d)} | {_users(d)} |\n" for d in sets]
    head = "| set | what | files | MB | licence | used by (tiers) |\n|---|---|---:|---:|---|---|\n"
    return f"## {title}\n\n{head}{''.join(rows)}"


def _by_hand(sets: list[Dataset]) -> str:
    return "".join(f"* `{d.name}`, {d.title}: {d.obtain} ({d.licence.name})\n" for d in sets)


def _what(d: Dataset) -> str:
    return f"[{d.title}]({d.home})" if d.home else d.title


def _size(d: Dataset) -> str:
    return "unknown" if d.bytes is None else f"{d.bytes / 1e6:,.1f}"


def _licence(d: Dataset) -> str:
    restrictions = d.licence.restrictions()
    doubt = "" if d.licence.verified else " (from memory)"
    return f"{d.licence.name}{doubt}{': **' + restrictions + '**' if restrictions else ''}"


def _users(d: Dataset) -> str:
    return "; ".join(f"{paper} ({', '.join(tiers)})" for paper, tiers in d.used_by.items()) or "–"
