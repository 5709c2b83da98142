"""The only entry points: `python -m common COMMAND`. Each stage imports just what it needs."""

import errno
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from common import catalogue, config
from common.data.registry import PREPARED
from common.errors import UserError

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

Slug = Annotated[str, typer.Argument(help="A paper's folder under papers/, such as elman1990.")]
Slugs = Annotated[str, typer.Argument(help="A paper's slug, several joined by commas, or 'all'.")]
Tier = Annotated[str, typer.Option(help=" | ".join(config.TIERS))]
Root = Annotated[Path, typer.Option("--results", help="Root of the results.")]
Track = Annotated[str | None, typer.Option(help="W&B mirror: off | offline | online (default: $ROAD_TRACK, else off).")]
RESULTS = Path("results")


@app.command()
def train(
    slug: Slug,
    run: Annotated[str, typer.Argument(help="experiment/variant, as paper.yaml lists it.")],
    seeds: Annotated[str, typer.Option(help="One seed or a range, such as 100-109.")] = str(catalogue.FIRST_SEED),
    tier: Tier = "laptop",
    sets: Annotated[list[str] | None, typer.Option("--set", help="key=value; the result gets a folder of its own.")] = None,
    results: Root = RESULTS,
    track: Track = None,
) -> None:
    """Train one job of a run; the same command goes on where a killed one stopped."""
    paper = catalogue.paper(slug)
    if config.check_tier(tier) not in paper.run(run).tiers:
        raise UserError(f"{slug} {run} is not part of tier {tier}; it has {', '.join(paper.run(run).tiers)}")
    from common.stage import train as train_job
    from common.tracking import resolve_mode

    job = catalogue.Job(paper, run, tier, catalogue.parse_seeds(seeds))
    train_job(job, results, config.parse_sets(sets or []), resolve_mode(track))


@app.command()
def draw(
    slug: Slug,
    name: Annotated[str, typer.Argument(help="A figure, table or page, as paper.yaml lists it.")],
    tier: Tier = "laptop",
    results: Root = RESULTS,
    out: Annotated[Path | None, typer.Option(help="Where to write (default: beside the results).")] = None,
) -> None:
    """Draw one figure, table or page from finished runs."""
    from common.draw import draw as draw_figure

    for path in draw_figure(catalogue.paper(slug), name, config.check_tier(tier), results, out):
        print(path)


@app.command()
def judge(slug: Slug, tier: Tier = "laptop", results: Root = RESULTS) -> None:
    """Apply the claims ledger of a paper to its finished runs."""
    from common.claims import judge as judge_paper

    print(judge_paper(catalogue.paper(slug), config.check_tier(tier), results))


@app.command()
def report(
    slug: Slugs = "all",
    tier: Tier = "laptop",
    results: Root = RESULTS,
    out: Annotated[Path | None, typer.Option()] = None,
) -> None:
    """Write the page that shows figures, claims and runs of one tier."""
    from common.report import write_report

    print(write_report(catalogue.chosen(slug), config.check_tier(tier), results, out))


@app.command()
def mirror(slug: Slug, tier: Tier = "laptop", results: Root = RESULTS, track: Track = None) -> None:
    """Send a paper's finished figures and verdicts to W&B (runs are mirrored while they train)."""
    from common.publish import mirror_results
    from common.tracking import resolve_mode

    mirror_results(catalogue.paper(slug), config.check_tier(tier), results, resolve_mode(track))


@app.command()
def translate(
    slug: Slug,
    run: Annotated[str, typer.Option(help="A finished run of a model that translates, such as grammar/search_long.")],
    tier: Tier = "laptop",
    seed: Annotated[int, typer.Option(help="Which of its seeds.")] = catalogue.FIRST_SEED,
    beam: Annotated[int | None, typer.Option(help="How many hypotheses are kept (default: as in the run).")] = None,
    align: Annotated[bool, typer.Option("--align", help="Draw which words the model looked at.")] = False,
    results: Root = RESULTS,
) -> None:
    """Translate standard input, typed or piped, with the model of a finished run."""
    from common.translate import translate as translate_lines

    translate_lines(catalogue.paper(slug), run, config.check_tier(tier), seed, results, beam, align)


@app.command()
def publish(slug: Slug, tier: Tier = "laptop", results: Root = RESULTS) -> None:
    """Copy a paper's finished tier to results/published and bring its README up to date."""
    from common.publish import publish as publish_paper

    for path in publish_paper(catalogue.paper(slug), config.check_tier(tier), results):
        print(path)


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="A set of data/registry.yaml, such as multi30k.")],
    mirror: Annotated[Path | None, typer.Option(help="A local copy to look in first (default: $ROAD_DATA_MIRROR).")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write down what lies where.")] = None,
) -> None:
    """Fetch the files of a set, or find them in a mirror; every one is verified."""
    from common.atomic import write_json
    from common.data.fetch import fetch as fetch_set

    files = fetch_set(name, mirror)
    for path in files.values():
        print(path)
    if out:
        write_json(out, {path: str(local.resolve()) for path, local in files.items()})


@app.command()
def prepare(
    name: Annotated[str, typer.Argument(help="A set that can be prepared, or the name of your own with --parallel.")],
    parallel: Annotated[
        tuple[Path, Path] | None, typer.Option(help="Your own text: two files of equally many lines, such as a.en a.fr.")
    ] = None,
    mirror: Annotated[Path | None, typer.Option(help="A local copy to look in first (default: $ROAD_DATA_MIRROR).")] = None,
    out: Annotated[Path, typer.Option(help="The folder under which the set gets its own.")] = PREPARED,
) -> None:
    """Turn a set, or a pair of files, into token ids, vocabularies and statistics."""
    from common.data.parallel import prepare_parallel
    from common.data.sets import prepare_set
    from common.progress import Progress

    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        shown: list[Progress] = []

        def progress(sentences: int) -> None:
            if not shown:  # not sooner, for what is fetched first has a bar of its own
                log = stack.enter_context((out / f"{name}.log").open("a", encoding="utf-8"))
                shown.append(stack.enter_context(Progress(f"prepare {name}", log)))
            shown[0].update(sentences, None, "sentences")

        if parallel:
            made = prepare_parallel(*parallel, name, out / name, progress=progress)
        else:
            made = prepare_set(name, out / name, mirror, progress)
    for split, facts in made.statistics["splits"].items():
        sides = ", ".join(f"{side['tokens']:,} tokens ({language})" for language, side in facts["sides"].items())
        print(f"{made.folder} {split}: {facts['sentences']:,} sentences, {sides}")


@app.command()
def portray(
    name: Annotated[str, typer.Argument(help="A set that was prepared.")],
    prepared: Annotated[Path, typer.Option(help="The folder of prepared sets.")] = PREPARED,
    out: Annotated[Path, typer.Option(help="Where the picture goes.")] = Path("data/figures"),
) -> None:
    """Draw how long a prepared set's sentences are and how its words are distributed."""
    from common.data.portraits import draw_portrait

    print(draw_portrait(prepared / name, out))


@app.command("describe-data")
def describe_data() -> None:
    """Write data/README.md from the registry."""
    from common.atomic import write_text
    from common.data.page import page

    write_text(catalogue.ROOT / "data" / "README.md", page())
    print("data/README.md")


@app.command("check-links")
def check_links(out: Annotated[Path, typer.Option(help="The table to write.")] = Path("data/raw/links.tsv")) -> None:
    """Ask every address of the registry whether it still serves what it should."""
    from common.data.links import check_links as ask
    from common.data.links import write_table
    from common.data.registry import registry

    rows = ask(list(registry().datasets.values()))
    write_table(rows, out)
    wrong = [row for row in rows if row.remark != "ok"]
    print(f"{out}: {len(rows)} addresses, {len(wrong)} not as expected")


@app.command()
def why(
    target: Annotated[str, typer.Argument(help="elman1990, or elman1990_figure_7.")],
    tier: Tier = "laptop",
    results: Root = RESULTS,
) -> None:
    """Say what would be done again for a target, and which code or setting changed."""
    from common.why import why as explain

    print("\n".join(explain(target, config.check_tier(tier), results)))


@app.command()
def plan(slug: Slugs = "all", tier: Tier = "laptop", results: Root = RESULTS) -> None:
    """Say how many jobs are left to do and how long they will take on this machine."""
    config.check_tier(tier)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    total = minutes = 0.0
    for paper in catalogue.chosen(slug):
        for job in catalogue.jobs(paper, tier):
            total += 1
            if not (results / job.folder / "manifest.json").exists():
                minutes += paper.runs[job.run].tiers[tier].minutes
        minutes += 0.05 * len(paper.figures_at(tier))
    print(f"{slug} at tier {tier}: {total:.0f} training jobs, about {max(1, round(minutes / cores))} min on {cores} cores")


@app.command()
def show(slug: Slugs = "all", tier: Tier = "laptop", results: Root = RESULTS) -> None:
    """Name the report and the key figures of a finished tier."""
    config.check_tier(tier)
    files = {"report": [results / tier / "report.html"]}
    files["key figure"] = [results / tier / p.slug / "figures" / f"{p.key_figure}.png" for p in catalogue.chosen(slug)]
    for kind, paths in files.items():
        for path in paths:
            if path.exists():
                print(f"{kind:<10}  {path}")


@app.command("new-paper")
def new_paper(slug: Slug) -> None:
    """Make the folder of a new paper: it passes the contract test, with an empty ledger."""
    from common.new_paper import new_paper as make

    for path in make(slug):
        print(path)


def main() -> None:
    """Runs the command line. Exit code 2 and one line on what the user can mend; 130 on Ctrl-C."""
    debug = "--debug" in sys.argv
    sys.argv = [word for word in sys.argv if word != "--debug"]
    if not debug:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if app(standalone_mode=False) == 130:  # what typer makes of Ctrl-C, and would otherwise pass for success
            raise KeyboardInterrupt
    except (UserError, OSError, KeyboardInterrupt, typer.Abort) as error:
        if debug:
            raise
        line, code = _one_line(error)
        print(line, file=sys.stderr)
        sys.exit(code)
    except Exception as error:
        if debug or not hasattr(error, "format_message"):
            raise
        if message := error.format_message():  # empty where the help has been shown instead
            print(f"{message} (python -m common --help says more)", file=sys.stderr)
        sys.exit(2)


def _one_line(error: BaseException) -> tuple[str, int]:
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return "stopped; the same command goes on from the last checkpoint", 130
    if isinstance(error, OSError):
        advice = {
            errno.ENOSPC: "the disk is full; make room and run the same command again",
            errno.EACCES: "no permission to write there; change it or choose another --results",
            errno.EROFS: "the disk is read-only; choose another --results",
        }.get(error.errno or 0, error.strerror or "the system refused")
        return f"{error.filename or 'input/output'}: {advice}", 2
    return str(error), 2
