rule fetch:
    """(internal) Fetch and verify the files of one set."""
    output:
        "data/raw/{name}.json",
    log:
        "data/raw/logs/{name}.log",
    params:
        files=lambda wc: road.files_digest(wc.name),
    shell:
        "python -m common fetch {wildcards.name} --out {output} 2>&1 | tee {log}"


rule fetch_all_mirrored:
    """Every set that a local mirror can hold."""
    input:
        road.mirrored(),


rule prepare:
    """(internal) Turn one set into token ids."""
    input:
        "data/raw/{name}.json",
    output:
        manifest="data/prepared/{name}/manifest.json",
        statistics="data/prepared/{name}/statistics.json",
    log:
        "data/raw/logs/prepare_{name}.log",
    threads: workflow.cores or 1
    params:
        code=lambda wc: road.preparing_code(),
    shell:
        "python -m common prepare {wildcards.name} 2>&1 | tee {log}"


rule prepare_all_mirrored:
    """Token ids of every set that a local mirror can hold and that has text to number."""
    input:
        [target.files for target in road.prepared_targets()],


rule portray:
    """(internal) Draw sentence lengths and word frequencies of one set."""
    input:
        "data/prepared/{name}/manifest.json",
    output:
        multiext("data/figures/{name}", ".png", ".svg"),
    log:
        "data/raw/logs/portray_{name}.log",
    params:
        code=lambda wc: road.portraying_code(),
    shell:
        "python -m common portray {wildcards.name} > {log} 2>&1"


rule portray_all_mirrored:
    """Pictures of every set that was prepared, in data/figures."""
    input:
        expand("data/figures/{name}.png", name=road.NUMBERED),


rule check_links:
    """Ask every address of data/registry.yaml with HEAD; writes data/raw/links.tsv."""
    log:
        "data/raw/logs/links.log",
    shell:
        "python -m common check-links 2>&1 | tee {log}"


for target in road.data_targets() + road.prepared_targets():

    rule:
        name:
            target.name
        input:
            target.files,

    workflow.get_rule(target.name).docstring = target.says
