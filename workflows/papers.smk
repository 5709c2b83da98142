# One target a paper and one a figure, from each paper.yaml. A new paper needs no new rule.

for target in road.targets(config):

    rule:
        name:
            target.name
        input:
            target.files,

    workflow.get_rule(target.name).docstring = target.says
