# The targets that a person types. `snakemake --list-rules` shows them; `workflows/` holds the rules behind them.

import sys

from snakemake.utils import min_version

min_version("9.27")
sys.path.insert(0, str(workflow.basedir))

from common import workflow as road

config = road.begin(config, sys.argv[1:])


# Satisfies `snakemake --lint`; has no effect unless a container deployment is switched on.
container: "docker://python:3.11"


rule all:
    """Every paper at the chosen tier, and the report."""
    default_target: True
    input:
        road.all_targets(config),
        road.report_path(config),


include: "workflows/train.smk"
include: "workflows/figures.smk"
include: "workflows/report.smk"
include: "workflows/papers.smk"
include: "workflows/data.smk"
