from __future__ import annotations

import json
import sys
import threading
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kubectl_argo_pods.cluster.http import Http, open_http
from kubectl_argo_pods.cluster.kubeconfig import Cluster
from kubectl_argo_pods.errors import ConfigError, UnauthorizedError
from tests.connection.cases.kubeconfigs import config
from tests.connection.comparison import Case, ended, run
from tests.connection.recording import Answer, Asked, Recording, recording
from tests.connection.world import World
from tests.follow.following import await_

V1 = "client.authentication.k8s.io/v1"
NO = Answer(401, json.dumps({"kind": "Status", "code": 401, "message": "Unauthorized"}).encode())


def connect(server: Recording, user: dict[str, Any]) -> Http:
    trust = {"certificate-authority-data": b64encode(server.ca_pem).decode()}
    return open_http(Cluster(server.url, "dev", "default", trust, user, None), {})


def plugin(folder: Path, statuses: list[dict[str, str]]) -> dict[str, Any]:
    """A plugin that gives one status after another, and fails when there are none left."""
    (folder / "statuses").mkdir()
    for number, status in enumerate(statuses):
        (folder / "statuses" / str(number)).write_text(json.dumps(status))
    script = folder / "plugin.py"
    script.write_text(
        "import json, pathlib\n"
        "path = min((pathlib.Path(__file__).parent / 'statuses').iterdir())\n"
        f"given = {{'kind': 'ExecCredential', 'apiVersion': '{V1}', 'status': json.loads(path.read_text())}}\n"
        "print(json.dumps(given))\n"
        "path.unlink()\n"
    )
    return {"exec": {"apiVersion": V1, "command": sys.executable, "args": [str(script)], "interactiveMode": "Never"}}


def authorizations(server: Recording) -> list[str]:
    return ["".join(asked.values("Authorization")) for asked in server.asked]


PAST, FUTURE = "2001-01-01T00:00:00Z", "2101-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("times", "tokens"),
    [
        pytest.param([None], ["one", "one"], id="no time: it is asked once"),
        pytest.param([FUTURE], ["one", "one"], id="a time to come: it is asked once"),
        pytest.param([PAST, FUTURE], ["one", "two"], id="a time that has passed: it is asked again"),
    ],
)
def test_a_plugin_is_asked_again_when_its_token_has_expired(
    tmp_path: Path, times: list[str | None], tokens: list[str]
) -> None:
    given = zip(("one", "two"), times, strict=False)
    statuses = [{"token": token} | ({"expirationTimestamp": time} if time else {}) for token, time in given]
    with recording() as server:
        # Looking for a certificate, the handshake asks for the credentials, too: expired ones are asked for each time.
        http = connect(server, plugin(tmp_path, statuses))
        http.get_json("/1")
        http.get_json("/2")
    assert authorizations(server) == [f"Bearer {token}" for token in tokens]


def only(token: str) -> Callable[[Asked], Answer]:
    return lambda asked: Answer() if asked.values("Authorization") == [f"Bearer {token}"] else NO


def test_a_plugin_is_asked_again_when_its_token_is_refused(tmp_path: Path) -> None:
    with recording(only("two")) as server:
        connect(server, plugin(tmp_path, [{"token": "one"}, {"token": "two"}])).get_json("/")
    assert authorizations(server) == ["Bearer one", "Bearer two"]


def test_a_plugin_is_asked_again_once_only(tmp_path: Path) -> None:
    statuses = [{"token": "one"}, {"token": "two"}, {"token": "three"}]
    with recording(only("three")) as server, pytest.raises(UnauthorizedError):
        connect(server, plugin(tmp_path, statuses)).get_json("/")
    assert authorizations(server) == ["Bearer one", "Bearer two"]


def test_a_plugin_is_asked_again_once_for_all_threads(tmp_path: Path) -> None:
    refused = threading.Barrier(3)

    def answer(asked: Asked) -> Answer:
        return NO if asked.values("Authorization") == ["Bearer one"] else Answer()

    with recording(answer) as server:
        http = connect(server, plugin(tmp_path, [{"token": "one"}, {"token": "two"}]))

        def ask() -> None:
            refused.wait()
            http.get_json("/")

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    # A third run of the plugin would have failed.
    assert sorted(authorizations(server))[-3:] == ["Bearer two"] * 3


def test_a_new_certificate_is_shown_on_a_new_connection(tmp_path: Path) -> None:
    with recording(lambda asked: Answer() if asked.certificate == "new" else NO) as server:
        statuses = []
        for name in ("old", "new"):
            issued = server.ca.issue_cert(f"{name}@example.org", common_name=name)
            chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems).decode()
            key = issued.private_key_pem.bytes().decode()
            statuses.append({"clientCertificateData": chain, "clientKeyData": key})
        connect(server, plugin(tmp_path, statuses)).get_json("/")
    assert [(asked.certificate, asked.connection) for asked in server.asked] == [("old", 1), ("new", 2)]


def test_a_token_file_is_read_each_time_and_its_last_token_holds_while_it_cannot_be(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("one\n")
    with recording() as server:
        http = connect(server, {"tokenFile": str(path)})
        http.get_json("/1")
        path.write_text("two\n")
        http.get_json("/2")
        path.write_text("")
        http.get_json("/3")
        path.unlink()
        http.get_json("/4")
    assert authorizations(server) == ["Bearer one", "Bearer two", "Bearer two", "Bearer two"]


# Runs the program, and tells of every file that is opened for writing.
WATCHED = """
import os, runpy, sys
def tell(event, given):
    if event == "open" and isinstance(given[0], str) and (given[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        print("written:", given[0], file=sys.stderr)
sys.addaudithook(tell)
runpy.run_module("kubectl_argo_pods", run_name="__main__", alter_sys=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere OpenSSL reads keys from files only")
def test_a_key_is_on_no_disk(world: World) -> None:
    watched = [sys.executable, "-I", "-B", "-c", WATCHED]
    user = {"client-certificate-data": "$ADMIN_CRT", "client-key-data": "$ADMIN_KEY"}
    outcome, said = run(Case("a key", config(user=user)), world, lambda case, world: ended(watched, case, world))
    assert ([who.certificate for who in outcome.who], said) == (
        ["admin"],
        "No resources found in argo namespace.\n",
    )


def test_those_who_wait_for_a_plugin_take_its_failure_for_theirs(tmp_path: Path) -> None:
    runs, go, together = tmp_path / "runs", tmp_path / "go", threading.Barrier(3)
    wait = f'echo run >> "{runs}"; until [ -e "{go}" ]; do sleep 0.01; done; exit 1'
    user = {"exec": {"apiVersion": V1, "command": "sh", "args": ["-c", wait], "interactiveMode": "Never"}}
    failures: list[str] = []
    with recording(lambda _: NO) as server:
        http = connect(server, user)

        def ask() -> None:
            together.wait()
            try:
                http.get_json("/version")
            except ConfigError as error:
                failures.append(str(error))

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        together.wait()
        await_(runs.exists)
        go.touch()
        for thread in threads:
            thread.join()
    assert (len(set(failures)), len(failures), runs.read_text()) == (1, 2, "run\n")


# Runs the program as on a system that keeps no files in memory; tells what it does with files, and who could read them.
ELSEWHERE = """
import os, runpy, sys
del os.memfd_create
def tell(event, given):
    if event == "open" and isinstance(given[0], str) and (given[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        print("written:", given[0], file=sys.stderr)
    elif event == "os.remove":
        print("removed:", given[0], oct(os.stat(given[0]).st_mode & 0o777), file=sys.stderr)
sys.addaudithook(tell)
runpy.run_module("kubectl_argo_pods", run_name="__main__", alter_sys=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="takes away what only Linux has")
def test_where_there_is_no_memory_to_read_from_a_key_is_its_owners_and_removed_at_once(world: World) -> None:
    command = [sys.executable, "-I", "-B", "-c", ELSEWHERE]
    user = {"client-certificate-data": "$ADMIN_CRT", "client-key-data": "$ADMIN_KEY"}
    outcome, said = run(Case("a key", config(user=user)), world, lambda case, world: ended(command, case, world))
    assert [who.certificate for who in outcome.who] == ["admin"]
    *files, last = said.splitlines()
    written = [line.split()[1] for line in files if line.startswith("written: ")]
    removed = [tuple(line.split()[1:]) for line in files if line.startswith("removed: ")]
    assert len(written) >= 2
    assert sorted(removed) == sorted((path, "0o600") for path in written)
    assert (last, [path for path in written if Path(path).exists()]) == ("No resources found in argo namespace.", [])
