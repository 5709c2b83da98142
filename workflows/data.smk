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


rule check_links:
    """Ask every address of data/registry.yaml with HEAD; writes data/raw/links.tsv."""
    log:
        "data/raw/logs/links.log",
    shell:
        "python -m common check-links 2>&1 | tee {log}"


for target in road.data_targets():

    rule:
        name:
            target.name
        input:
            target.files,

    workflow.get_rule(target.name).docstring = target.says
