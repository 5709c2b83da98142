rule report:
    """One page with figures, verdicts and runs of the tier; opens offline."""
    input:
        road.report_path(config),


rule write_report:
    """(internal) Write results/<tier>/report.html."""
    input:
        lambda wc: road.report_inputs(config),
    output:
        "results/{tier}/report.html",
    log:
        "results/{tier}/logs/report.log",
    params:
        code=road.report_code(),
        papers=road.reported(config),
    shell:
        "python -m common report {params.papers} --tier {wildcards.tier} > {log} 2>&1"


rule clean_results:
    """Remove the results of the chosen tier (never results/published)."""
    log:
        f"results/{config['tier']}.clean.log",
    params:
        folder=f"results/{config['tier']}",
    shell:
        "rm -rf {params.folder} && rm -f {log}"
