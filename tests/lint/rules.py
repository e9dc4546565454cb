"""Finds rules without a test or a runbook, families that the exporter does not have, labels that they do not have, and names in
Alertmanager's configuration that no alert has."""

import pathlib
import re
import sys

# What is added to everything: by Prometheus, and where a cluster has a name.
ADDED = {"job", "instance", "kafka_cluster"}
# What a runbook says, in this order.
PARTS = ("Means", "At stake", "Look", "Do", "Do not", "Over")
# What Prometheus itself knows of alerts.
OF_ALERTS = {"alertname", "alertstate", "severity"}
# The reference of the metrics, from the root.
REFERENCE = pathlib.Path("exporter/exposition/METRICS.md")
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
    known = (ADDED | OF_ALERTS if re.search(r"\bALERTS\b", plain) else ADDED).union(*(families.get(name, set()) for name in used))
    named = [part for group in re.findall(r"\b(?:by|on|without|ignoring|group_left)\s*\(([^)]*)\)", plain)
             for part in group.replace(" ", "").split(",") if part]
    named += re.findall(r"(\w+)\s*(?:=~|!~|!=|=(?!=))", " ".join(re.findall(r"\{([^}]*)\}", plain)))
    yield from (f"no family in it has the label {label}" for label in sorted(set(named) - known))


def of_alertmanager(path: pathlib.Path, alerts: set[str]):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        yield from (f"{path}:{number}: no alert is called {name}" for name in re.findall(r"\bKafka\w+", line) if name not in alerts)


def of_runbooks(folder: pathlib.Path, alerts: set[str], families: dict[str, set[str]]):
    pages = {path.stem: path for path in folder.glob("Kafka*.md")}
    yield from (f"{pages[name]}: there is no such alert" for name in sorted(pages.keys() - alerts))
    yield from (f"{folder}: {name} has no page" for name in sorted(alerts - pages.keys()))
    contents = (folder / "README.md").read_text()
    for name, path in sorted(pages.items()):
        text = path.read_text()
        found = [title or part for title, part in re.findall(r"^# (.*)$|^\*\*([A-Z][a-z ]*)(?:\.|\*\*)", text, re.M)]
        if found != [name, *PARTS]:
            yield f"{path}: its parts are {', '.join(found)}; they should be {', '.join([name, *PARTS])}"
        if f"[{name}]({name}.md)" not in contents:
            yield f"{path}: not in README.md"
        # A name that ends with _ is the beginning of several.
        for family in set(re.findall(r"\bkafka_(?:\w*[a-z])\b", text)) - families.keys() - ADDED:
            yield f"{path}: the exporter has no {family}"
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            if not (folder / link).exists():
                yield f"{path}: there is no {link}"


def families_of_reference() -> dict[str, set[str]]:
    """The labels of each family."""
    return {name: set(filter(None, labels.split(","))) for name, labels in ROW.findall(REFERENCE.read_text())}


def main() -> int:
    families = families_of_reference()
    deploy, found, alerts, untold = pathlib.Path(sys.argv[1]), [], set(), set()
    folder = deploy / "prometheus"
    tests = "\n".join(path.read_text() for path in folder.glob("tests/*.test.yml"))
    # Only those count that expect the alert, and those that expect its absence.
    fires = set(re.findall(r"alertname: (\w+)\n +eval_time: \w+\n +exp_alerts:", tests))
    rests = set(re.findall(r"\{alertname: (\w+), eval_time: \w+, exp_alerts: \[\]\}", tests))
    for path in sorted(folder.glob("*.rules.yml")):
        text = path.read_text()
        for name in re.findall(r"- record: (\S+)", text):
            # level:family:operation, with the labels of its level.
            families[name.split(":")[1]] = {"topic"}
            if f"expr: {name}" not in tests:
                found.append(f"{path}: {name} has no test")
        for line, expression in expressions(text):
            found += [f"{path}:{line}: {what}" for what in mistakes(expression, families)]
        for match in re.finditer(r"- alert: (\w+)\n((?:    .*\n|\n)*)", text):
            alerts.add(match[1])
            where = f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match[1]}"
            if match[1] not in fires:
                found.append(f"{where} has no test in which it fires")
            if match[1] not in rests:
                found.append(f"{where} has no test in which it does not")
            # Of severity none nobody is told: it only holds others back.
            if "      severity: none\n" in match[2]:
                untold.add(match[1])
                continue
            if "annotations: *" not in match[2] and f"/{match[1]}.md\"" not in match[2]:
                found.append(f"{where} does not name its runbook")
            if "annotations: *" not in match[2] and "dashboard_url: " not in match[2]:
                found.append(f"{where} does not name a dashboard")
        for name in re.findall(r'"/d/([\w-]+)\?', text):
            if not (deploy.parent / "grafana" / "dashboards" / f"{name}.json").exists():
                found.append(f"{path}: there is no dashboard {name}")
    found += of_alertmanager(deploy / "alertmanager" / "alertmanager.yml", alerts)
    found += of_runbooks(deploy / "runbooks", alerts - untold, families)
    print("\n".join(found) or f"{len(families)} families known, and none other in the rules")
    return bool(found) or not families


if __name__ == "__main__":
    sys.exit(main())
