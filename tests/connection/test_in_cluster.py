"""Within a pod: its service account, whose token rotates. The pod is a mount namespace of this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.conftest import PROGRAM, Result
from tests.connection.recording import Answer, Asked, Recording, recording
from tests.connection.test_credentials import NO, authorizations

PLACE = "/var/run/secrets/kubernetes.io"
UNSHARE = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
MOUNT = f'mount -t tmpfs none /var/run && mkdir -p {PLACE} && ln -s "$0" {PLACE}/serviceaccount && exec "$@"'


class Pod(NamedTuple):
    """Where a service account is mounted."""

    account: Path

    def rotate(self, token: str) -> None:
        """As the kubelet does: the new file takes the place of the old one."""
        fresh = self.account / "fresh"
        fresh.write_text(token)
        fresh.rename(self.account / "token")

    def run(self, server: Recording) -> Result:
        address = urlsplit(server.url)
        (self.account / "ca.crt").write_bytes(server.ca_pem)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.account),
            "KUBERNETES_SERVICE_HOST": str(address.hostname),
            "KUBERNETES_SERVICE_PORT": str(address.port),
        }
        command = [*UNSHARE, "sh", "-c", MOUNT, str(self.account), *PROGRAM]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
        return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def pod(tmp_path: Path) -> Pod:
    if not shutil.which("unshare") or subprocess.run([*UNSHARE, "sh", "-c", MOUNT, "/", "true"]).returncode:
        pytest.skip("needs mount namespaces: Linux, root or user namespaces")
    made = Pod(tmp_path)
    made.rotate("one")
    (made.account / "namespace").write_text("team")
    return made


def table(**metadata: str) -> Answer:
    columns = [{"name": "Name", "type": "string"}]
    shown = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "columnDefinitions": columns}
    return Answer(body=json.dumps({**shown, "rows": []}).encode())


NOTHING = Result(0, "", "No resources found in team namespace.\n")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_pod_asks_by_its_service_account(pod: Pod, host: str) -> None:
    with recording(lambda _: table(), host=host) as server:
        assert pod.run(server) == NOTHING
    (asked,) = server.asked
    assert asked.path.partition("?")[0] == "/apis/argoproj.io/v1alpha1/namespaces/team/workflows"
    assert asked.values("Authorization") == ["Bearer one"]
    assert asked.values("Host") == [server.url.removeprefix("https://")]


def answering(pod: Pod, *answers: tuple[str, Answer]) -> Callable[[Asked], Answer]:
    """One answer after the other; before each, the token becomes another."""
    left = iter(answers)

    def answer(_: Asked) -> Answer:
        token, given = next(left)
        pod.rotate(token)
        return given

    return answer


def test_the_next_request_of_a_process_takes_the_token_that_is_there_by_then(pod: Pod) -> None:
    pages = answering(pod, ("two", table(**{"continue": "next"})), ("three", table()))
    with recording(pages) as server:
        assert pod.run(server) == NOTHING
    assert authorizations(server) == ["Bearer one", "Bearer two"]


def test_a_refused_token_that_was_renewed_meanwhile_is_replaced_once(pod: Pod) -> None:
    with recording(answering(pod, ("two", NO), ("three", table()))) as server:
        assert pod.run(server) == NOTHING
    assert authorizations(server) == ["Bearer one", "Bearer two"]


def test_who_is_refused_again_gives_up(pod: Pod) -> None:
    with recording(answering(pod, ("two", NO), ("three", NO))) as server:
        assert pod.run(server).status == 1
    assert authorizations(server) == ["Bearer one", "Bearer two"]


def test_a_refused_token_that_is_still_the_same_is_not_sent_again(pod: Pod) -> None:
    with recording(lambda _: NO) as server:
        assert pod.run(server).status == 1
    assert authorizations(server) == ["Bearer one"]
