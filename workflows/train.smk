rule train:
    """(internal) Train one job: some seeds of one run."""
    input:
        lambda wc: road.needs(config, wc.slug, wc.run),
    output:
        manifest="results/{tier}/{slug}/runs/{run}/{seeds}/manifest.json",
        metrics="results/{tier}/{slug}/runs/{run}/{seeds}/metrics.json",
        history="results/{tier}/{slug}/runs/{run}/{seeds}/history.jsonl",
    log:
        "results/{tier}/{slug}/logs/train/{run}/{seeds}.log",
    wildcard_constraints:
        run="[a-z0-9_]+/[a-z0-9_]+",
        seeds=r"\d+(-\d+)?",
    threads: lambda wc: road.threads(wc.slug, wc.run)
    resources:
        gpus=lambda wc: road.gpus(wc.slug, wc.run),
        runtime=lambda wc: road.runtime(wc.slug, wc.run, wc.tier),
    params:
        code=lambda wc: road.training_code(wc.slug, wc.run),
        settings=lambda wc: road.settings_digest(wc.slug, wc.run, wc.tier),
    shell:
        "OMP_NUM_THREADS={threads} python -m common train {wildcards.slug} {wildcards.run}"
        " --seeds {wildcards.seeds} --tier {wildcards.tier} 2>&1 | tee {log}"
