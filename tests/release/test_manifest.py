"""The manifest for krew: its rules (https://krew.sigs.k8s.io/docs/developer-guide/), and what is filled in."""

from __future__ import annotations

import configparser
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from release.__main__ import SOURCE
from release.manifest import TEMPLATE, filled_in
from release.platforms import PLATFORMS

TAG = "v1.2.3"
NAMES = [f"kubectl-argo_pods_{TAG}_{platform}.tar.gz" for platform in PLATFORMS]
SUMS = {name: hashlib.sha256(name.encode()).hexdigest() for name in NAMES}


def manifest(sums: dict[str, str]) -> Any:
    return yaml.safe_load(filled_in(TEMPLATE.read_text(), TAG, sums))


def test_every_platform_gets_its_archive_and_checksum() -> None:
    assert manifest(SUMS)["spec"]["platforms"] == [
        {
            "selector": {"matchLabels": {"os": platform.os, "arch": platform.arch}},
            "uri": f"{SOURCE}/releases/download/{TAG}/{name}",
            "sha256": SUMS[name],
            "bin": platform.executable,
        }
        for platform, name in zip(PLATFORMS.values(), NAMES, strict=True)
    ]


def test_a_platform_without_an_archive_is_left_out() -> None:
    platforms = manifest({NAMES[1]: SUMS[NAMES[1]]})["spec"]["platforms"]
    assert [platform["sha256"] for platform in platforms] == [SUMS[NAMES[1]]]


def test_the_fields_follow_krews_rules() -> None:
    filled = manifest(SUMS)
    spec = filled["spec"]
    assert (filled["apiVersion"], filled["kind"]) == ("krew.googlecontainertools.github.com/v1alpha2", "Plugin")
    assert filled["metadata"] == {"name": TEMPLATE.stem}
    assert set(spec) == {"version", "homepage", "shortDescription", "description", "caveats", "platforms"}
    assert spec["version"] == TAG
    assert len(spec["shortDescription"]) <= 50 and not spec["shortDescription"].endswith(".")
    assert all(len(line) <= 80 for line in (spec["description"] + spec["caveats"]).splitlines())
    # Usage belongs into help, not into the description.
    assert "kubectl argo-pods" not in spec["description"]
    assert "kubectl argo-pods completion install" in spec["caveats"]


@pytest.mark.parametrize("place", ["setup.cfg", "README.md"])
def test_the_project_has_one_address(place: str) -> None:
    text = (TEMPLATE.parent.parent / place).read_text()
    addresses = set(re.findall(r"https://github\.com/[\w-]+/kubectl-argo-pods(?=\W)", text))
    assert addresses <= {SOURCE}
    metadata = configparser.ConfigParser()
    metadata.read(Path(TEMPLATE.parent.parent / "setup.cfg"))
    assert metadata["metadata"]["url"] == manifest(SUMS)["spec"]["homepage"] == SOURCE
