"""The Python API, as a program of its own uses it."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes import client

import kubectl_argo_pods
from kubectl_argo_pods.errors import UsageError
from tests import builders
from tests.cluster import Rule, SimulatedCluster
from tests.demo import SHOWN, environment
from tests.demo_workflow import manifests
from tests.recordings import load_recorded, moved_to_now

README = Path(__file__).parent.parent / "README.md"
DOCUMENT = README.parent / "docs" / "python.md"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("demo")
    with SimulatedCluster() as cluster:
        load_recorded(cluster, moved_to_now, SHOWN)
        cluster.load(manifests(time.time()))
        yield environment(cluster.kubeconfig(folder), folder)


def test_the_examples_of_the_document_print_what_it_says(demo: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-m", "doctest", DOCUMENT], env=demo, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(re.findall(r"^    >>> ", DOCUMENT.read_text(), re.M)) > 10


def test_the_examples_of_the_readme_run(demo: dict[str, str]) -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    done = subprocess.run([sys.executable, "-c", example], env=demo, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_importing_the_package_imports_nothing_else() -> None:
    script = "import sys; before = set(sys.modules); import kubectl_argo_pods; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["kubectl_argo_pods"]


def test_the_kubernetes_package_is_imported_only_for_a_client(demo: dict[str, str]) -> None:
    script = "import sys, kubectl_argo_pods; kubectl_argo_pods.pods('etl-7k2lp'); print('kubernetes' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], env=demo, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_only_the_api_can_be_taken_from_the_package() -> None:
    with pytest.raises(AttributeError, match="module 'kubectl_argo_pods' has no attribute 'podz'"):
        kubectl_argo_pods.podz  # noqa: B018


TYPED = """
from kubectl_argo_pods import pod_names, pods
reveal_type(pod_names("wf", "step", namespace="argo", secure=False))
reveal_type(pods("wf")[0].name)
pods("wf", contexts="dev")
"""


def test_it_is_typed(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(textwrap.dedent(TYPED))
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "program.py"]
    command.append(f"--cache-dir={DOCUMENT.parent.parent / '.mypy_cache'}")
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    assert said == (
        'program.py:3: note: Revealed type is "list[str]"\n'
        'program.py:4: note: Revealed type is "str"\n'
        'program.py:5: error: Unexpected keyword argument "contexts" for "pods"; did you mean "context"?  [call-arg]\n'
        'program.py:5: note: "pods" defined in "kubectl_argo_pods.api"\n'
    )


@pytest.fixture
def api(empty_cluster: SimulatedCluster, tmp_path: Path) -> Iterator[client.ApiClient]:
    """A client of an admin."""
    with api_client(empty_cluster, tmp_path, empty_cluster.admin_token) as made:
        yield made


def api_client(cluster: SimulatedCluster, folder: Path, token: str) -> client.ApiClient:
    configuration = client.Configuration(host=cluster.url)
    configuration.ssl_ca_cert = str(cluster.ca_file(folder))
    configuration.api_key["authorization"] = f"Bearer {token}"
    return client.ApiClient(configuration)


def load(cluster: SimulatedCluster) -> None:
    node, gone = builders.node("wf", ".a"), builders.node("wf", ".b")
    workflow = builders.workflow("wf", node, gone)
    cluster.load([workflow, builders.pod(workflow, node, "pod-of-a")])


def test_pods_that_are_gone_are_rows_but_no_names(empty_cluster: SimulatedCluster, api: client.ApiClient) -> None:
    load(empty_cluster)
    rows = kubectl_argo_pods.pods("wf", namespace="argo", client=api)
    assert [(row.name, row.name_from, row.exists) for row in rows] == [
        ("pod-of-a", "annotation", True),
        ("wf-work-2911782600", "computed", False),
    ]
    (pod, _) = (row.pod for row in rows)
    assert pod is not None
    assert (pod.manifest or {})["spec"]["nodeName"] == "host-1"
    assert kubectl_argo_pods.pod_names("wf", namespace="argo", client=api) == ["pod-of-a"]


def test_names_that_nobody_could_look_for_come_with_a_warning(empty_cluster: SimulatedCluster, tmp_path: Path) -> None:
    load(empty_cluster)
    token = empty_cluster.access.add_user("jane", Rule(("get",), "workflows"))
    with (
        api_client(empty_cluster, tmp_path, token) as api,
        pytest.warns(UserWarning, match="cannot list pods in namespace") as warned,
    ):
        names = kubectl_argo_pods.pod_names("wf", namespace="argo", client=api)
    assert names == ["wf-work-2962115457", "wf-work-2911782600"]
    # Python warns of other things, too, whenever it comes to look at what the simulated cluster has left.
    ours = [each for each in warned if each.category is UserWarning]
    assert [Path(each.filename).name for each in ours] == [Path(__file__).name]


def test_a_client_is_asked_instead_of_all_else(api: client.ApiClient) -> None:
    with pytest.raises(UsageError) as caught:
        kubectl_argo_pods.pods("wf", client=api, context="dev", argo_server="argo:2746")
    assert str(caught.value) == "a client says where to ask by itself: leave out argo_server, context"


def test_an_argo_server_is_asked_with_a_token_of_its_own(empty_cluster: SimulatedCluster, kubeconfig: Path) -> None:
    load(empty_cluster)
    empty_cluster.access.add_user("jane", Rule(("get",), "workflows"), token="TOKEN")
    server = empty_cluster.argo_server_url.removeprefix("http://")
    names = kubectl_argo_pods.pod_names(
        "wf", namespace="argo", kubeconfig=str(kubeconfig), argo_server=server, secure=False, argo_token="Bearer TOKEN"
    )
    assert names == ["pod-of-a"]
    assert {asked.headers["authorization"] for asked in empty_cluster.journal if "workflows" in asked.path} == {
        "Bearer TOKEN"
    }


def test_no_connection_is_left_open(empty_cluster: SimulatedCluster, kubeconfig: Path) -> None:
    load(empty_cluster)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        kubectl_argo_pods.pods("wf", namespace="argo", kubeconfig=str(kubeconfig))
