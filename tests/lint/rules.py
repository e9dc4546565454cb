"""Finds rules without a test, families that the exporter does not have, and labels that they do not have."""

import pathlib
import re
import sys

# What is added to everything: by Prometheus, and where a cluster has a name.
ADDED = {"job", "instance", "kafka_cluster"}
ROW = re.compile(r"^\| `(\w+)` \| \w+ \| ([\w,]*) \|", re.M)


def expressions(text: str):
    """Each expression of a rule, and each that a text of it asks, with the number of its line."""
    for match in re.finditer(r"^( +)expr:(?: \|-\n((?:\1 +.*\n)+)| (.*)\n)|printf `([^`]*)`", text, re.M):
        yield text.count("\n", 0, match.start()) + 1, match[2] or match[3] or match[4]


def mistakes(expression: str, families: dict[str, set[str]]):
    plain = re.sub(r'"[^"]*"', '""', expression)
    used = set(re.findall(r"\b(?:kafka|process)_\w+", plain)) - ADDED
    if not used:
        yield "no family of the exporter is in it"
    yield from (f"the exporter has no {name}" for name in sorted(used - families.keys()))
    known = ADDED.union(*(families.get(name, set()) for name in used))
    named = [part for group in re.findall(r"\b(?:by|on|without|ignoring|group_left)\s*\(([^)]*)\)", plain)
             for part in group.replace(" ", "").split(",") if part]
    named += re.findall(r"(\w+)\s*(?:=~|!~|!=|=(?!=))", " ".join(re.findall(r"\{([^}]*)\}", plain)))
    yield from (f"no family in it has the label {label}" for label in sorted(set(named) - known))


def main() -> int:
    readme = pathlib.Path("README.md").read_text()
    families = {name: set(filter(None, labels.split(","))) for name, labels in ROW.findall(readme)}
    folder, found = pathlib.Path(sys.argv[1]), []
    tests = "\n".join(path.read_text() for path in folder.glob("tests/*.test.yml"))
    # Only those count that expect the alert, and those that expect its absence.
    fires = set(re.findall(r"alertname: (\w+)\n +eval_time: \w+\n +exp_alerts:", tests))
    rests = set(re.findall(r"\{alertname: (\w+), eval_time: \w+, exp_alerts: \[\]\}", tests))
    for path in sorted(folder.glob("*.rules.yml")):
        text = path.read_text()
        for line, expression in expressions(text):
            found += [f"{path}:{line}: {what}" for what in mistakes(expression, families)]
        for match in re.finditer(r"- alert: (\w+)", text):
            where = f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match[1]}"
            if match[1] not in fires:
                found.append(f"{where} has no test in which it fires")
            if match[1] not in rests:
                found.append(f"{where} has no test in which it does not")
    print("\n".join(found) or f"{len(families)} families known, and none other in the rules")
    return bool(found) or not families


if __name__ == "__main__":
    sys.exit(main())
