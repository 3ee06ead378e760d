"""Fills in the manifest for krew, as krew-release-bot does for a release.

https://github.com/rajatjindal/krew-release-bot documents the template; no more of it is understood here than ours uses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

TEMPLATE = Path(__file__).parent.parent / "plugin-manifest/argo-pods.yaml"
ARCHIVE = re.compile(r'\{\{addURIAndSha "(.*/([^/]*))" \.TagName \}\}')
PLATFORM = re.compile(r"^  - (?:.*\n(?:    .*\n)+)", re.MULTILINE)


def filled_in(template: str, tag: str, sums: Mapping[str, str]) -> str:
    """The manifest for the archives of these names, with their checksums; platforms without an archive are left out."""
    tagged = re.sub(r"^#.*\n", "", template, flags=re.MULTILINE).replace("{{ .TagName }}", tag)
    return PLATFORM.sub(lambda platform: _filled_in(platform[0], sums), tagged)


def _filled_in(platform: str, sums: Mapping[str, str]) -> str:
    archive = ARCHIVE.search(platform)
    if archive is None or archive[2] not in sums:
        return ""
    return platform.replace(archive[0], f"uri: {archive[1]}\n    sha256: {sums[archive[2]]}")
