"""The Pythons that the archives carry: from where, and unpacked."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import NamedTuple

LIST = Path(__file__).with_name("pythons.json")
# `maven` are the JavaCPP presets of CPython, `standalone` is python-build-standalone: optimized, and for older Linux.
SETS = ("maven", "standalone")
FAILED = "release: cannot fetch"
OTHERWISE = "or take the other Pythons: make dist PYTHONS=standalone"


class Python(NamedTuple):
    """A packed Python: a URL, or the coordinates of a Maven artifact."""

    origin: str
    sha256: str


def listed(pythons: str, platform: str) -> Python:
    entry = json.loads(LIST.read_text())[pythons][platform]
    return Python(entry["from"], entry["sha256"])


def unpacked(python: Python, cache: Path) -> Path:
    """The folder of an unpacked Python; fetched and verified if it is not there yet."""
    folder = cache / python.sha256
    if not folder.exists():
        packed = _fetched(python, cache)
        found = hashlib.sha256(packed.read_bytes()).hexdigest()
        if found != python.sha256:
            raise SystemExit(f"{packed} has the checksum {found}, but {LIST.name} wants {python.sha256}")
        started = folder.with_suffix(".part")
        shutil.rmtree(started, ignore_errors=True)
        shutil.unpack_archive(packed, started, "gztar" if packed.name.endswith(".tar.gz") else "zip")
        started.rename(folder)
    return folder


def _fetched(python: Python, cache: Path) -> Path:
    """The packed Python; SystemExit says why it is not to be had."""
    cache.mkdir(parents=True, exist_ok=True)
    try:
        return (_from_web if python.origin.startswith("https:") else _from_maven)(python.origin, cache)
    except FileNotFoundError:
        raise SystemExit(f"{FAILED} {python.origin}: mvn is not on PATH; install Maven, {OTHERWISE}") from None
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"{error.stdout}\n{FAILED} {python.origin}: see above; mend that, {OTHERWISE}") from None
    except OSError as error:
        raise SystemExit(f"{FAILED} {python.origin}: {error}") from None


def _from_web(url: str, cache: Path) -> Path:
    packed = cache / url.rsplit("/", 1)[1]
    with urllib.request.urlopen(url, timeout=60) as answer, packed.open("wb") as file:
        shutil.copyfileobj(answer, file)
    return packed


def _from_maven(coordinates: str, cache: Path) -> Path:
    _, artifact, version, _, classifier = coordinates.split(":")
    copy = ["mvn", "-q", "-B", "-Dstyle.color=never", "dependency:copy"]
    copy += [f"-Dartifact={coordinates}", f"-DoutputDirectory={cache}"]
    # Even where nothing is wrong, it takes back the colours that it has not set.
    subprocess.run(copy, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return cache / f"{artifact}-{version}-{classifier}.jar"
