"""Options that the environment gives."""

from __future__ import annotations

import pytest

from tests import builders
from tests.cluster import SimulatedCluster
from tests.conftest import Run

RED = "\x1b[31mFailed\x1b[0m"
SEE = "See 'kubectl argo-pods --help' for usage.\n"


@pytest.fixture(autouse=True)
def failed(empty_cluster: SimulatedCluster) -> None:
    empty_cluster.load([builders.workflow("wf", builders.node("wf", ".a"), phase="Failed")])


@pytest.mark.parametrize(
    ("words", "environ", "coloured"),
    [
        pytest.param([], {"KUBECTL_ARGO_PODS_COLOR": "always"}, True, id="the variable"),
        pytest.param([], {"KUBECTL_ARGO_PODS_COLOR": ""}, False, id="an empty variable is none"),
        pytest.param(["--color", "never"], {"KUBECTL_ARGO_PODS_COLOR": "always"}, False, id="the flag goes before"),
        pytest.param([], {"KUBECTL_ARGO_PODS_COLOR": "always", "NO_COLOR": "1"}, True, id="it goes before NO_COLOR"),
    ],
)
def test_colour(argo_pods: Run, words: list[str], environ: dict[str, str], coloured: bool) -> None:
    assert (RED in argo_pods(*words, env=environ).stdout) == coloured


@pytest.mark.parametrize("words", [["wf", "-o", "table"], ["wf", "-otable"]], ids=" ".join)
def test_the_output_of_the_flag_goes_before(argo_pods: Run, words: list[str]) -> None:
    assert argo_pods(*words, env={"KUBECTL_ARGO_PODS_OUTPUT": "name"}) == argo_pods("wf")


def test_the_output_of_the_list(argo_pods: Run) -> None:
    assert argo_pods("wf", env={"KUBECTL_ARGO_PODS_OUTPUT": "wide"}) == argo_pods("wf", "-o", "wide")
    assert argo_pods(env={"KUBECTL_ARGO_PODS_OUTPUT": "name"}).stdout == "workflow.argoproj.io/wf\n"


def test_other_commands_have_outputs_of_their_own(argo_pods: Run) -> None:
    assert argo_pods("version", env={"KUBECTL_ARGO_PODS_OUTPUT": "nonsense"}).status == 0


def test_a_value_that_cannot_be_meant_names_its_variable(argo_pods: Run) -> None:
    colour = argo_pods(env={"KUBECTL_ARGO_PODS_COLOR": "purple"})
    assert (colour.status, colour.stderr) == (
        2,
        'error: unknown --color "purple": choose one of auto, always, never; KUBECTL_ARGO_PODS_COLOR is set to it\n',
    )
    output = argo_pods(env={"KUBECTL_ARGO_PODS_OUTPUT": "xml"})
    assert (output.status, output.stderr.endswith("; KUBECTL_ARGO_PODS_OUTPUT is set to it\n")) == (2, True)
    assert "KUBECTL" not in argo_pods("-o", "xml", env={"KUBECTL_ARGO_PODS_OUTPUT": "wide"}).stderr
