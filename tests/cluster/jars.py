"""Kafka's jars in a cache folder, the Java command lines that use them, and their logging configuration."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from typing import Iterator, Optional

from processes import ClusterError

HERE = pathlib.Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]


def cache_dir() -> pathlib.Path:
    return pathlib.Path(os.environ.get("KAFKA_CLUSTER_CACHE") or CHECKOUT / ".deps" / "kafka").resolve()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _program(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise ClusterError(f"{name} is not installed (Java 17 and Maven are needed)")
    return found


def java() -> str:
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/java" if home else _program("java")


def logging_kind(version: str) -> str:
    return "log4j2" if int(version.split(".")[0]) >= 4 else "reload4j"


@contextlib.contextmanager
def making(target: pathlib.Path) -> Iterator[Optional[pathlib.Path]]:
    """A temporary place for target, renamed to it at the end; None when somebody else made it meanwhile.

    Whoever comes second waits for the first; what was begun and not finished is never seen under the final name.
    """
    cache = target.parent
    cache.mkdir(parents=True, exist_ok=True)
    (cache / ".gitignore").write_text("*\n")
    with open(cache / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.exists():
            yield None
            return
        for left in cache.glob(".new-*"):
            shutil.rmtree(left)     # of somebody who was killed: under the lock nobody else is at work
        partial = pathlib.Path(tempfile.mkdtemp(prefix=".new-", dir=cache))
        try:
            yield partial
            if (partial / target.name).exists():
                (partial / target.name).rename(target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def fetch(version: str) -> pathlib.Path:
    """The folder with the jars of a version, brought from Maven Central the first time."""
    target = cache_dir() / version
    if target.is_dir():
        return target
    java()
    maven = _program("mvn")
    with making(target) as partial:
        if partial:
            say(f"fetching Apache Kafka {version} from Maven Central (about 10 s)")
            done = subprocess.run(
                [maven, "-q", "-B", "-f", str(HERE / "pom.xml"), f"-Dkafka.version={version}",
                 f"-Dlogging={logging_kind(version)}", "dependency:copy-dependencies",
                 f"-DoutputDirectory={partial / version}"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode:
                # Maven colours even with -B.
                output = re.sub(r"\x1b\[[\d;]*m", "", done.stdout).strip()
                error = (re.findall(r"\[ERROR\] (.*)", output) or [output])[0].replace(" -> [Help 1]", "")
                raise ClusterError(f"Maven could not fetch Kafka {version}: {error}")
    return target


def archive(version: str) -> pathlib.Path:
    """Where the class-data archive of a version lies, if there is one. It fits exactly one build of Java."""
    release = pathlib.Path(os.path.realpath(java())).parents[1] / "release"
    build = re.search(r'^JAVA_RUNTIME_VERSION="(.*)"', release.read_text() if release.exists() else "", re.M)
    return cache_dir() / f"{version}-java-{build[1] if build else 'unknown'}.jsa"


def java_command(version: str, main: str, args: list = (), heap: str = "256m", options: list[str] = ()) -> list[str]:
    # With -Xshare:auto an archive that does not fit is left alone silently; it only does not help.
    shared = [f"-XX:SharedArchiveFile={archive(version)}"] if archive(version).exists() else []
    # The first compiler and the serial collector: the processes are many, short-lived and share few cores.
    return [java(), f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
            "-Xlog:disable", "-Xlog:all=error:stderr", "-Djava.net.preferIPv4Stack=true", *shared, *options,
            "-cp", f"{fetch(version)}/*", main, *map(str, args)]


def write_logging(version: str, target: pathlib.Path, files: dict[str, Optional[pathlib.Path]],
                  level: str = "INFO") -> str:
    """A logging configuration in the layout of Kafka's distribution; returns the -D option that names it.

    files: logger -> file; "" is the root logger, a file of None is standard error.
    """
    pattern = "[%d] %p %m (%c)%n"
    lines: list[str] = []
    if logging_kind(version) == "log4j2":
        lines += ["status=error"]
        for i, (logger, file) in enumerate(files.items()):
            kind, where = ("File", f"fileName={file}") if file else ("Console", "target=SYSTEM_ERR")
            lines += [f"appender.a{i}.type={kind}", f"appender.a{i}.name=A{i}", f"appender.a{i}.{where}",
                      f"appender.a{i}.layout.type=PatternLayout", f"appender.a{i}.layout.pattern={pattern}"]
            prefix = f"logger.l{i}" if logger else "rootLogger"
            lines += [f"{prefix}.name={logger}", f"{prefix}.additivity=false"] if logger else []
            lines += [f"{prefix}.level={level}", f"{prefix}.appenderRef.r.ref=A{i}"]
        option = "log4j2.configurationFile"
    else:
        for i, (logger, file) in enumerate(files.items()):
            kind, where = ("FileAppender", f"File={file}") if file else ("ConsoleAppender", "Target=System.err")
            a = f"log4j.appender.A{i}"
            lines += [f"{a}=org.apache.log4j.{kind}", f"{a}.{where}", f"{a}.layout=org.apache.log4j.PatternLayout",
                      f"{a}.layout.ConversionPattern={pattern}"]
            lines += [f"log4j.logger.{logger}={level}, A{i}", f"log4j.additivity.{logger}=false"] if logger else \
                     [f"log4j.rootLogger={level}, A{i}"]
        option = "log4j.configuration"
    text = "\n".join(lines) + "\n"
    # Tools that run at the same time share one: it must not be empty for a moment.
    if not target.exists() or target.read_text() != text:
        target.write_text(text)
    return f"-D{option}=file:{target}"
