"""Writes results/<tier>/report.html: one file, nothing fetched, the same bytes from the same results."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from common import atomic
from common.catalogue import Paper
from common.claims import BEST_FIRST
from common.pages import theme
from common.report import wording
from common.report.gather import gather

HERE = Path(__file__).resolve().parent

TIER_MEANS = {
    "smoke": "A first look: tiny data, short training. It shows that everything runs, not what the papers found.",
    "laptop": "The default: generated data, or data inside an installed package, on two cores without a network.",
    "corpus": "Real public corpora: hours on two cores, or minutes on one GPU.",
    "paper": "The paper's own scale: its data, its sizes, its length of training.",
}
VERDICT_MEANS = {
    "reproduced": "the whole interval over seeds lies inside the criterion (for a share of seeds, the share itself)",
    "direction only": "only a weaker criterion holds, or a stand-in takes the place of the paper's data",
    "inconclusive": "the estimate lies inside but its interval does not, or there are too few seeds",
    "not reproduced": "the estimate lies outside the criterion",
    "not tested": "no run at this tier tests it",
}
MARKS = dict(zip(BEST_FIRST, "✓≈?✗○", strict=True))  # beside the colour, for whoever does not see it


def write_report(papers: list[Paper], tier: str, root: Path, out: Path | None) -> Path:
    """Writes the page of one tier and returns its path, `root/tier/report.html` unless `out` names another.

    A paper without anything at this tier is named with the command that makes it. Raises UserError for damaged results.
    """
    path = out or root / tier / "report.html"
    pages = [gather(paper, tier, root) for paper in papers]
    runs = [run for page in pages for run in page.finished_runs]
    html = _environment().get_template("page.html.j2").render(
        pages=pages,
        tier=tier,
        tier_means=TIER_MEANS[tier],
        verdict_means=VERDICT_MEANS,
        css=theme() + Markup((HERE / "page.css").read_text(encoding="utf-8")),
        js=Markup((HERE / "page.js").read_text(encoding="utf-8")),
        jobs=sum(run.jobs for run in runs),
        wall_seconds=sum(run.wall_seconds for run in runs),
        finished=max((run.finished for run in runs), default=""),
        commits=list(dict.fromkeys(commit for run in runs for commit in run.commits)),
    )  # fmt: skip
    atomic.write_text(path, html)
    return path


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    words = (wording.number, wording.interval, wording.seconds, wording.megabytes, wording.moment, wording.count)
    environment.filters.update({function.__name__: function for function in words})
    environment.filters["anchor"] = lambda text: text.replace("/", "-")
    environment.tests["numeric"] = wording.is_number
    environment.globals["marks"] = MARKS
    return environment
