"""TAB in real shells, behind the real kubectl, with the names of a real cluster."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kubectl_argo_pods.completion.answer import TIMEOUT
from tests.completion.shells import KUBECTL, SOURCES, STARTS, Shell, need

pytestmark = pytest.mark.timeout(120, func_only=True)


@pytest.mark.parametrize("name", STARTS)
def test_a_shell_completes_the_names_of_the_cluster(name: str, real_workflows: dict[str, str], tmp_path: Path) -> None:
    need(name)
    loops, containers = real_workflows["loops"], real_workflows["containers"]
    # tcsh has no completion of kubectl's.
    command = "kubectl argo-pods" if name in KUBECTL else "kubectl-argo_pods"
    cases = {
        f"list {loops[:-1]}": f"list {loops} ",
        f"{loops} num": f"{loops} number",
        f"list {containers} sec": f"list {containers} second ",
        f"exec {containers} set -c wai": f"exec {containers} set -c wait ",
        "-n kube-sys": "-n kube-system ",
    }
    if name != "tcsh":
        # It asks nobody about a word with a parenthesis.
        cases[rf"{loops} items\(1:a"] = rf"{loops} items\(1:ab:c\) "
    environment = dict(os.environ) | {"HOME": str(tmp_path), TIMEOUT: "30s"}
    with Shell(name, environment, tmp_path) as shell:
        assert shell.run(KUBECTL.get(name) or SOURCES[name]) == []
        lines = {typed: shell.tab(f"{command} {typed}").line for typed in cases}
    assert lines == {typed: f"{command} {line}" for typed, line in cases.items()}
