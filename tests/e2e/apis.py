"""The servers of one cluster, real or simulated, as tests and the recording ask them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.cluster import SimulatedCluster
from tests.e2e import submission
from tests.e2e.api_client import Answer, ApiClient, from_kubeconfig
from tests.e2e.asked import ARGO_SERVER, KUBERNETES
from tests.recordings import recordings

STRANGER = "argo-pods-e2e-stranger"  # a service account that may do nothing


class Apis(NamedTuple):
    """`workflows` are the names of workflows by file; `credentials` the tokens of those in `Ask.who`.

    `argo_get` is what `argo get NAME --no-color` prints of the workflow of a file.
    """

    kubeconfig: Path
    kubernetes: ApiClient
    argo_server: ApiClient
    credentials: dict[str, str]
    namespace: str
    workflows: dict[str, str]
    argo_get: Callable[[str], str]

    def ask(self, name: str) -> Answer:
        """Asks what `asked` has under this name."""
        ask = (KUBERNETES | ARGO_SERVER)[name].filled(self.namespace, self.workflows["steps"])
        api = self.argo_server if name in ARGO_SERVER else self.kubernetes
        if ask.who != "admin":
            api = api.with_token(self.credentials[ask.who])
        headers = {"Impersonate_User": ask.impersonated} if ask.impersonated else {}
        return api.get(ask.path, ask.query, Accept=ask.accept, **headers)


@contextmanager
def of_real_cluster(kubeconfig: Path, namespace: str, workflows: dict[str, str]) -> Iterator[Apis]:
    submission.kubectl("create", "serviceaccount", STRANGER)
    try:
        token = submission.kubectl("create", "token", STRANGER).strip()
        credentials = {"stranger": token, "liar": "wrong", "nobody": ""}
        argo_server = ApiClient(f"http://{os.environ['E2E_ARGO_SERVER']}")
        kubernetes = from_kubeconfig(kubeconfig)
        yield Apis(
            kubeconfig,
            kubernetes,
            argo_server,
            credentials,
            namespace,
            workflows,
            lambda file: submission.argo_get(workflows[file]),
        )
    finally:
        submission.kubectl("delete", "serviceaccount", STRANGER)


@contextmanager
def of_simulated_cluster(cluster: SimulatedCluster, kubeconfig: Path) -> Iterator[Apis]:
    """The simulated cluster with all recordings in it."""
    stranger = cluster.access.add_user(f"system:serviceaccount:argo:{STRANGER}")
    credentials = {"stranger": stranger, "liar": "wrong", "nobody": ""}
    argo_server = ApiClient(cluster.argo_server_url)
    workflows = {file: each.name for file, each in recordings().items()}
    yield Apis(
        kubeconfig,
        from_kubeconfig(kubeconfig),
        argo_server,
        credentials,
        "argo",
        workflows,
        lambda file: recordings()[file].argo_get,
    )


def kept(answer: Answer) -> dict[str, Any]:
    """What of an answer is recorded and compared."""
    text, content_type = answer.body.decode(), answer.headers.get("content-type", "")
    return {"status": answer.status, "content_type": content_type, "body": _body(text, content_type)}


def _body(text: str, content_type: str) -> Any:
    lines = text.splitlines()
    if "json" not in content_type:
        return text
    # A watch is one document per line.
    return json.loads(text) if len(lines) < 2 or lines[0] == "{" else [json.loads(line) for line in lines if line]
