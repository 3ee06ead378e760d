from __future__ import annotations

import pytest

from tests.connection.cases import files, plugins, providers, proxies, servers, users
from tests.connection.comparison import Case, filled, run, with_argo_pods, with_kubectl, with_kubernetes_package
from tests.connection.world import World

CASES = [*files.CASES, *servers.CASES, *users.CASES, *plugins.CASES, *providers.CASES, *proxies.CASES]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_we_connect_as_kubectl_does(case: Case, world: World) -> None:
    ours, said = run(case, world, with_argo_pods)
    theirs, _ = run(case, world, with_kubectl)
    assert (ours == theirs) == (not case.differs), (ours, theirs)
    if not ours.works:
        from_plugin = "the plugin speaks\n" if ours.plugin else ""
        assert said == f"{from_plugin}error: {filled(case.error, world)}\n"


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_the_kubernetes_package_connects_as_we_do(case: Case, world: World) -> None:
    ours, said = run(case, world, with_argo_pods)
    theirs, also_said = run(case, world, with_kubernetes_package)
    assert theirs == ours
    if not ours.works:
        assert said.endswith(also_said)
