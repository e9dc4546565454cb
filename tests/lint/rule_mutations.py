"""Changes each duration, number, comparison, name and severity of the alerting rules, and finds those changes that no test of promtool
notices. Rules are told apart by promtool's word for what failed, so a run has one change in each of them."""

import concurrent.futures
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path("deploy/prometheus")
RULES = "kafka-isr-exporter.rules.yml"
RULE = re.compile(r"  - (?:alert|record): (\S+)\n((?:    .*\n|\n)*)")
EXPRESSION = r"^    expr: (?:\|-\n(?:      .*\n)+|.*\n)"
PARTS = re.compile(EXPRESSION + r"|^    (?:keep_firing_)?for: .*\n|^      severity: .*\n|printf `[^`]*`", re.M)
# What stands in the place of a duration: a minute, ten, four hours beside it.
BESIDE = {"m": lambda n: (f"{n - 1}m", f"{n + 1}m"), "h": lambda n: (f"{60 * n - 10}m", f"{60 * n + 10}m"),
          "d": lambda n: (f"{24 * n - 4}h", f"{24 * n + 4}h")}
# Where something stands that can be changed, and what may be put there.
PLACES = (
    (re.compile(r"(?<=for: )\d+[mhd]$|(?<=\[)\d+[mhd](?=[\]:])|(?<=offset )\d+[mhd]\b", re.M),
     lambda text: BESIDE[text[-1]](int(text[:-1]))),
    (re.compile(r"(?<=[<>=] )[\d.]+(?=\)|$)|(?<=topk\()\d+", re.M),
     lambda text: tuple(f"{float(text) * by:g}" for by in (0.97, 1.03)) if "." in text
     else tuple(f"{number}" for number in (int(text) - 1, int(text) + 1) if number >= 0)),
    (re.compile(r"(?<= )(?:>=|>)(?= )"), lambda text: (">" if text == ">=" else ">=",)),
    (re.compile(r"(?<=severity: )\w+$|(?<==\")\w+(?=\")|\bkafka_(?!cluster\b)\w+(?=[ {[)])", re.M), lambda text: (f"{text}x",)),
    (re.compile(r"_FENCED\|PRODUCER_FENCED\|INVALID_PRODUCER_EPOCH"),
     lambda text: ["|".join(name for name in text.split("|") if name != without) for without in text.split("|")]),
)


def changes(text: str):
    """(rule, begin, end, what is put there) of every rule's expression, durations and severity, and of what its texts ask."""
    for rule in RULE.finditer(text):
        for part in PARTS.finditer(rule[2]):
            for place, others in PLACES:
                for found in place.finditer(part[0]):
                    begin = rule.start(2) + part.start() + found.start()
                    yield from ((rule[1], begin, begin + len(found[0]), other) for other in others(found[0]))


def only(text: str, tested: str) -> str:
    """The rules that tested names; the others cost time, and answer nothing."""
    return RULE.sub(lambda rule: rule[0] if rule[1] in tested
                    else re.sub(EXPRESSION, "    expr: vector(0) > 0\n", rule[0], flags=re.M), text)


def noticed(text: str, rules: set[str]) -> set[str]:
    """Those of rules whose tests fail if the rules are text. Files that test nothing of what is left are not run; the one with days in
    it is the last."""
    found: set[str] = set()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copytree(FOLDER / "tests", folder / "tests")
        for path in sorted(folder.glob("tests/*.test.yml"), key=lambda path: path.name.startswith("days")):
            tested = path.read_text()
            if any(re.search(rf"(?:alertname|expr): {rule}\b", tested) for rule in rules - found):
                (folder / RULES).write_text(only(text, tested))
                ran = subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True)
                found.update(alert or record for alert, record in
                             re.findall(r"alertname: (\w+), time:|expr: \"([\w:]+)\", time:", ran.stdout + ran.stderr))
    return found


def main() -> int:
    text = (FOLDER / RULES).read_text()
    waiting = list(changes(text))
    count, rounds = len(waiting), []
    while waiting:
        taken = {change[0]: change for change in reversed(waiting)}
        rounds.append(sorted(taken.values(), key=lambda change: -change[1]))
        waiting = [change for change in waiting if change is not taken[change[0]]]

    def survivors(chosen: list[tuple]) -> list[str]:
        changed = text
        for _, begin, end, other in chosen:
            changed = changed[:begin] + other + changed[end:]
        seen = noticed(changed, {rule for rule, *_ in chosen})
        return [f"{FOLDER / RULES}:{text.count(chr(10), 0, begin) + 1}: {rule}: no test notices "
                f"{text[begin:end]!r} -> {other!r}" for rule, begin, end, other in chosen if rule not in seen]

    found = [f"{rule}: its test fails without a change" for rule in sorted(noticed(text, {rule for rule, *_ in rounds[0]}))]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found += sorted(sum(pool.map(survivors, rounds), []))
    print("\n".join(found) or f"{count} changes to the rules in {len(rounds)} runs, and a test notices each")
    return bool(found) or count < 100


if __name__ == "__main__":
    sys.exit(main())
