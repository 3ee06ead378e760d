from __future__ import annotations

import pytest

from tests.connection.cases import files, plugins, providers, proxies, servers, users
from tests.connection.comparison import (
    Case,
    Outcome,
    filled,
    run,
    with_argo_pods,
    with_kubectl,
    with_kubernetes_package,
    with_websocket,
)
from tests.connection.world import World

CASES = [*files.CASES, *servers.CASES, *users.CASES, *plugins.CASES, *providers.CASES, *proxies.CASES]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_we_connect_as_kubectl_does(case: Case, world: World) -> None:
    """On every way: by the command line, by the kubernetes package's client, by a websocket."""
    ours, said = run(case, world, with_argo_pods)
    theirs, _ = run(case, world, with_kubectl)
    assert (ours == theirs) == (not case.differs), (ours, theirs)
    if not ours.works:
        from_plugin = "the plugin speaks\n" if ours.plugin else ""
        assert said == f"{from_plugin}error: {filled(case.error, world)}\n"
    for way in (with_kubernetes_package, with_websocket):
        also_ours, also_said = run(case, world, way)
        assert _whoever_compresses(also_ours) == _whoever_compresses(ours)
        # A terminal is shown no zero bytes.
        assert ours.works or said.endswith(also_said.replace("\0", "^@"))


def _whoever_compresses(outcome: Outcome) -> Outcome:
    """Without what only a list may be, and a websocket is not."""
    return outcome._replace(who=tuple(who._replace(gzip=False) for who in outcome.who))
