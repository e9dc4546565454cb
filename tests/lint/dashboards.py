"""Checks Grafana's dashboards: that they are what make-dashboards makes, that Grafana's published model of dashboards knows each key
in them, that their expressions are of METRICS.md's families and labels, and what a reader of a panel needs.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import rules

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "grafana"
sys.path.insert(0, str(ROOT / ".deps" / "python"))

from grafana_foundation_sdk.cog.encoder import JSONEncoder  # noqa: E402
from grafana_foundation_sdk.cog.plugins import register_default_plugins  # noqa: E402
from grafana_foundation_sdk.models.dashboard import Dashboard  # noqa: E402

# Of the Prometheus data source, which has no model of its annotations.
OF_ANNOTATIONS = {"titleFormat", "textFormat", "tagKeys", "useValueForTime", "step"}


def lost(before, after, place: str):
    """What the model does not have: it drops such a key."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            if key in after:
                yield from lost(value, after[key], f"{place}.{key}")
            elif not (key in OF_ANNOTATIONS and ".annotations.list" in place):
                yield f"{place}: Grafana knows no {key}"
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after)):
            yield from lost(one, other, f"{place}[{number}]")
    elif before != after:
        yield f"{place}: {before!r} becomes {after!r}"


def expressions(dashboard: dict):
    """(where it stands, PromQL) of panels, variables and annotations."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield f"variable {variable['name']}", variable["query"]["query"]
    for annotation in dashboard["annotations"]["list"]:
        yield f"annotation {annotation['name']}", annotation["expr"]


def of_readers(dashboard: dict):
    ids = [panel["id"] for panel in dashboard["panels"]]
    if len(ids) != len(set(ids)):
        yield "two panels have one id"
    taken: dict[tuple[int, int], str] = {}
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        for cell in ((x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])):
            if cell in taken or cell[0] >= 24:
                yield f"{panel['title']}: lies on {taken.get(cell, 'the edge')}"
                break
            taken[cell] = panel["title"]
        if panel["type"] == "row":
            continue
        if not panel["description"].endswith(".") or not panel["fieldConfig"]["defaults"]["unit"]:
            yield f"{panel['title']}: has no description or no unit"
        for target in panel["targets"]:
            if bare := re.findall(r"(?<!rate\()(?<!increase\()(?<!changes\()\bkafka_\w+_total\b", target["expr"]):
                yield f"{panel['title']}: {bare[0]} since when? It wants rate(), increase() or changes()"
            if 'job=~"$job"' not in target["expr"]:
                yield f"{panel['title']}: does not follow the variable job"


def main() -> int:
    families = rules.families_of_reference()
    register_default_plugins()
    found = []
    with tempfile.TemporaryDirectory() as made:
        subprocess.run([FOLDER / "make-dashboards", made], check=True)
        names = {path.name for folder in (pathlib.Path(made), FOLDER / "dashboards") for path in folder.glob("*.json")}
        for name in sorted(names):
            path = FOLDER / "dashboards" / name
            fresh = pathlib.Path(made) / name
            if not path.exists() or not fresh.exists() or path.read_text() != fresh.read_text():
                found.append(f"{path}: not what grafana/make-dashboards makes")
    for path in sorted((FOLDER / "dashboards").glob("*.json")):
        dashboard = json.loads(path.read_text())
        back = json.loads(JSONEncoder().encode(Dashboard.from_json(dashboard)))
        found += [f"{path}: {what}" for what in lost(dashboard, back, "")]
        found += [f"{path}: {what}" for what in of_readers(dashboard)]
        for where, expression in expressions(dashboard):
            plain = expression.replace("$__rate_interval", "5m")
            found += [f"{path}: {where}: {what}" for what in rules.mistakes(plain, families)]
    print("\n".join(found) or f"{len(names)} dashboards, of which Grafana's model knows each key")
    return bool(found) or len(names) < 3


if __name__ == "__main__":
    sys.exit(main())
