"""Checks the files for containers, which cannot be run here: `deploy.py EXPORTER`.

The manifests that carry rules and dashboards are what make-manifests makes; Kubernetes' published schemas and the compose
specification know each key; what is mounted is there; the image has the packages that the program is linked to.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
sys.path.insert(0, str(ROOT / ".deps" / "python"))

import kubernetes_validate  # noqa: E402
import yaml  # noqa: E402
from compose_spec import PyCompose  # noqa: E402

KUBERNETES = "1.30"
# Of operators, whose schemas no registry of packages has.
FOREIGN = {"Kustomization", "PrometheusRule", "ServiceMonitor"}


def of_manifests():
    folder = DEPLOY / "kubernetes"
    with tempfile.TemporaryDirectory() as made:
        subprocess.run([folder / "make-manifests", made], check=True)
        for fresh in sorted(pathlib.Path(made).iterdir()):
            if not (folder / fresh.name).exists() or (folder / fresh.name).read_text() != fresh.read_text():
                yield f"{folder / fresh.name}: not what deploy/kubernetes/make-manifests makes"
    files = {path.name for path in folder.glob("*.yaml")} - {"kustomization.yaml"}
    listed = set(yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"])
    yield from (f"{folder}: {name} is not there or not in kustomization.yaml" for name in sorted(files ^ listed))
    seen = 0
    for path in sorted(folder.glob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            seen += 1
            if document["kind"] in FOREIGN:
                continue
            try:
                kubernetes_validate.validate(document, KUBERNETES, strict=True)
            except kubernetes_validate.ValidationError as e:
                yield f"{path}: {document['kind']}: {e.message}"
    if seen < 12:
        yield f"{folder}: only {seen} documents"
    rule = next(yaml.safe_load_all((folder / "prometheus-rule.yaml").read_text()))
    if rule["spec"] != yaml.safe_load((DEPLOY / "prometheus" / "kafka-isr-exporter.rules.yml").read_text()):
        yield f"{folder / 'prometheus-rule.yaml'}: its rules are others"


def of_compose():
    path = DEPLOY / "compose" / "compose.yaml"
    try:
        compose = PyCompose.from_yaml(path.read_text())
        compose.validate()
    except Exception as e:      # noqa: BLE001  (of no type that it exports)
        yield f"{path}: {e}"
        return
    for name, service in yaml.safe_load(path.read_text())["services"].items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith(".") and not (path.parent / source).exists():
                yield f"{path}: {name}: there is no {source}"


def of_image(exporter: str):
    """Only where the packages are those of the image's release."""
    path = DEPLOY / "Dockerfile"
    text = path.read_text()
    release = dict(line.rstrip().split("=", 1) for line in open("/etc/os-release") if "=" in line)
    if f"debian:{release.get('VERSION_ID', '').strip(chr(34))}-slim" not in text:
        print(f"not on the image's release: {path} is not held against what the program is linked to")
        return
    installed = set(re.search(r"install -y --no-install-recommends ([^&]*)", text)[1].replace("\\", " ").split())
    linked = subprocess.run(["readelf", "-d", exporter], check=True, capture_output=True, text=True).stdout
    names = re.findall(r"\(NEEDED\).*\[(.*)\]", linked)
    if len(names) < 10:
        yield f"{exporter}: linked to {names} only"
    told = subprocess.run(["ldd", exporter], check=True, capture_output=True, text=True).stdout
    # The dynamic loader is named by its path alone.
    paths = dict(re.findall(r"(\S+) => (/\S+)", told)) | {
        os.path.basename(path): path for path in re.findall(r"^\s*(/\S+) \(", told, re.MULTILINE)}
    for name in names:
        owner = ""
        for file in (paths.get(name, ""), os.path.realpath(paths.get(name, ""))):
            # Packages know files below /usr, or below / as they were before the two became one.
            for spelling in (file, file.removeprefix("/usr"), f"/usr{file}"):
                found = subprocess.run(["dpkg", "-S", spelling], capture_output=True, text=True).stdout
                owner = owner or found.split(":")[0]
        if owner not in installed | {"libc6", "libgcc-s1"}:
            yield f"{path}: the program needs {name} of {owner or 'no package'}, which is not installed"


# Fails as often as $FAILURES says, with $ERROR.
APT_GET = """#!/bin/bash
count=$(cat "$COUNT" 2>/dev/null || echo 0)
echo $((count + 1)) >"$COUNT"
if ((count < FAILURES)); then echo "E: $ERROR" >&2; exit 100; fi
"""
LOCKED = "Could not get lock /var/lib/apt/lists/lock. It is held by process 1 (apt-get)"


def of_install_deps():
    """It waits for another apt that holds the lock of the lists, and for nothing else."""
    functions = re.search(r"^say\(\).*?(?=^# shellcheck source)", (DEPLOY / "install-deps").read_text(), re.M | re.S)[0]
    # Nobody has to be root here, nor to wait.
    script = f'set -euo pipefail\ndeps=$1\n{functions}\nas_root() {{ "$@"; }}\nsleep() {{ :; }}\nupdate_lists\n'
    for failures, error, ends, runs in ((2, LOCKED, 0, 3), (1, "Failed to fetch the index", 1, 1)):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "log").mkdir()
            apt = pathlib.Path(folder) / "apt-get"
            apt.write_text(APT_GET)
            apt.chmod(0o755)
            count = pathlib.Path(folder) / "count"
            done = subprocess.run(
                ["bash", "-c", script, "install-deps", folder], capture_output=True, text=True, timeout=60,
                env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "COUNT": str(count),
                     "FAILURES": str(failures), "ERROR": error})
            if (done.returncode, int(count.read_text())) != (ends, runs):
                yield (f"deploy/install-deps: with \"{error}\" it ends with {done.returncode} after "
                       f"{count.read_text().strip()} runs of apt-get, not with {ends} after {runs}: {done.stderr[-500:]}")


def of_installation(exporter: str):
    """`cmake --install` brings all that an operator needs."""
    wanted = {"bin/kafka-isr-exporter", "lib/libkafka-isr-monitor.so", "share/kafka-isr-exporter/kafka-isr-exporter.toml",
              "share/kafka-isr-exporter/kafka-isr-exporter.rules.yml"}
    for folder, place in ((ROOT / "grafana" / "dashboards", "grafana/dashboards"),
                          (ROOT / "grafana" / "provisioning", "grafana/provisioning"), (DEPLOY / "runbooks", "runbooks")):
        wanted |= {f"share/kafka-isr-exporter/{place}/{path.relative_to(folder)}" for path in folder.rglob("*") if path.is_file()}
    build = pathlib.Path(exporter).resolve().parent
    with tempfile.TemporaryDirectory() as prefix:
        subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=True, capture_output=True)
        made = {path.relative_to(prefix).as_posix() for path in pathlib.Path(prefix).rglob("*") if path.is_file()}
    yield from (f"cmake --install: {path} is missing or too much" for path in sorted(wanted ^ made))


def main() -> int:
    found = [*of_manifests(), *of_compose(), *of_install_deps(), *of_installation(sys.argv[1]), *of_image(sys.argv[1])]
    print("\n".join(found) or "compose, Kubernetes and the image are as they should be")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
