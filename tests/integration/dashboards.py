"""Grafana's dashboards as Grafana asks Prometheus: the expressions of their panels, variables and annotations."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
from dataclasses import dataclass

from prometheus_server import PrometheusServer

FOLDER = pathlib.Path(__file__).resolve().parent.parent.parent / "grafana" / "dashboards"
# What Grafana puts in for them; the server scrapes each second.
VARIABLES = {"job": ".+", "kafka_cluster": ".*", "topic": ".+", "broker": ".+", "client_id": ".+", "__rate_interval": "15s",
             "__interval": "1s"}
LABEL_VALUES = re.compile(r"label_values\((.*), (\w+)\)")


@dataclass(frozen=True)
class Question:
    where: str
    expression: str
    none: str       # what the panel says when there is nothing; "": there always is something


def all_questions() -> list[Question]:
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        dashboard = json.loads(path.read_text())
        for panel in dashboard["panels"]:
            none = panel.get("fieldConfig", {}).get("defaults", {}).get("noValue", "")
            found += [Question(f"{path.stem}: {panel['title']}", target["expr"], none) for target in panel.get("targets", ())]
        found += [Question(f"{path.stem}: ${variable['name']}", variable["query"]["query"], "")
                  for variable in dashboard["templating"]["list"] if variable["type"] == "query"]
        found += [Question(f"{path.stem}: annotation {annotation['name']}", annotation["expr"], "nothing")
                  for annotation in dashboard["annotations"]["list"]]
    return found


def answers(prometheus: PrometheusServer, question: Question) -> list:
    """Values; an AssertionError where Prometheus does not understand the expression."""
    expression = re.sub(r"\$(\w+)", lambda match: VARIABLES[match[1]], question.expression)
    values = LABEL_VALUES.fullmatch(expression)
    return prometheus.label_values(values[2], values[1]) if values else prometheus.query(expression)


def without_answer(prometheus: PrometheusServer, may_be_empty: tuple[str, ...]) -> list[str]:
    """Asks everything; who promises data and has none. may_be_empty: words of panels that need not have any now."""
    questions = all_questions()
    assert len(questions) > 60, questions
    return [question.where for question in questions
            if not answers(prometheus, question) and question.none not in may_be_empty]


def draw(prometheus: PrometheusServer, folder: pathlib.Path) -> None:
    """A picture of each, of the last three minutes."""
    for path in sorted(FOLDER.glob("*.json")):
        subprocess.run([FOLDER.parent.parent / "deploy" / "pictures" / "draw-dashboard", prometheus.url, path, folder / f"{path.stem}.png", "3"],
                       check=True)
