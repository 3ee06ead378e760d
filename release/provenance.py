"""What was built from what: an in-toto statement with SLSA provenance (https://slsa.dev/spec/v1.0/provenance)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from release.pythons import Python

REQUIREMENT = re.compile(r"^([\w.-]+)==([\w.]+)(.*?)(?=^[\w.-]+==|\Z)", re.MULTILINE | re.DOTALL)


class Build(NamedTuple):
    """The source's address and commit, the time of all packed files, the set of Pythons, and who builds."""

    source: str
    commit: str
    epoch: int
    pythons: str
    builder: str


def statement(build: Build, sums: Mapping[str, str], pythons: list[Python], requirements: str) -> dict[str, Any]:
    """The statement about the files with these checksums."""
    parameters = {"source": build.source, "pythons": build.pythons, "SOURCE_DATE_EPOCH": build.epoch}
    source = {"uri": f"git+{build.source}", "digest": {"gitCommit": build.commit}}
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": sums[name]}} for name in sorted(sums)],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": f"{build.source}/blob/main/release/__main__.py",
                "externalParameters": parameters,
                "resolvedDependencies": [
                    source,
                    *({"uri": each.origin, "digest": {"sha256": each.sha256}} for each in pythons),
                    *_packages(requirements),
                ],
            },
            "runDetails": {"builder": {"id": build.builder}},
        },
    }


def _packages(requirements: str) -> list[dict[str, Any]]:
    """The pinned packages, each with the checksums of all the files that may have been taken for it."""
    found = []
    for name, version, rest in REQUIREMENT.findall(requirements):
        sums = re.findall(r"sha256:([0-9a-f]{64})", rest)
        found.append({"uri": f"pkg:pypi/{name}@{version}", "annotations": {"anyOfSha256": sums}})
    return found
