rule draw_figure:
    """(internal) Draw one figure from finished runs."""
    input:
        lambda wc: road.manifests(wc.slug, wc.tier, wc.name),
    output:
        multiext("results/{tier}/{slug}/figures/{name}", ".svg", ".png", ".json"),
    log:
        "results/{tier}/{slug}/logs/draw/{name}.log",
    wildcard_constraints:
        name="figure_[a-z0-9_]+",
    params:
        code=lambda wc: road.drawing_code(wc.slug, wc.name),
    shell:
        "python -m common draw {wildcards.slug} {wildcards.name} --tier {wildcards.tier} > {log} 2>&1"


rule draw_table:
    """(internal) Work out one table from finished runs."""
    input:
        lambda wc: road.manifests(wc.slug, wc.tier, wc.name),
    output:
        "results/{tier}/{slug}/figures/{name}.json",
    log:
        "results/{tier}/{slug}/logs/draw/{name}.log",
    wildcard_constraints:
        name="table_[a-z0-9_]+",
    params:
        code=lambda wc: road.drawing_code(wc.slug, wc.name),
    shell:
        "python -m common draw {wildcards.slug} {wildcards.name} --tier {wildcards.tier} > {log} 2>&1"


rule draw_page:
    """(internal) Write one page that readers step through, from finished runs."""
    input:
        lambda wc: road.manifests(wc.slug, wc.tier, wc.name),
    output:
        multiext("results/{tier}/{slug}/figures/{name}", ".html", ".json"),
    log:
        "results/{tier}/{slug}/logs/draw/{name}.log",
    wildcard_constraints:
        name="page_[a-z0-9_]+",
    params:
        code=lambda wc: road.drawing_code(wc.slug, wc.name),
    shell:
        "python -m common draw {wildcards.slug} {wildcards.name} --tier {wildcards.tier} > {log} 2>&1"


rule judge:
    """(internal) Apply a paper's claims ledger to its runs."""
    input:
        "papers/{slug}/claims.yaml",
        lambda wc: road.manifests(wc.slug, wc.tier),
    output:
        "results/{tier}/{slug}/claims.json",
    log:
        "results/{tier}/{slug}/logs/judge.log",
    params:
        code=lambda wc: road.judging_code(wc.slug),
    shell:
        "python -m common judge {wildcards.slug} --tier {wildcards.tier} > {log} 2>&1"
