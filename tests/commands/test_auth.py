"""What `auth` says: permissions and identity, and never a secret."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cluster import Rule, SimulatedCluster
from tests.conftest import PROGRAM, Result, Run

ALL = """\
RESOURCE                VERB     ALLOWED   NEEDED BY
workflows.argoproj.io   get      yes       list,logs,exec,shell,run
workflows.argoproj.io   list     yes       list,logs,exec,shell,run
workflows.argoproj.io   watch    yes       list,logs,exec,shell
pods                    get      yes       list,logs,exec,shell,run
pods                    list     yes       list,logs,exec,shell,run
pods                    watch    yes       list,logs,exec,shell
pods/log                get      yes       logs
pods/exec               get      yes       exec,shell
pods/exec               create   yes       exec,shell
"""


def test_who_may_do_everything_lacks_nothing(argo_pods: Run) -> None:
    assert argo_pods("auth", "check") == Result(0, ALL, "")


def test_what_is_missing_is_printed_as_a_role(argo_pods: Run, empty_cluster: SimulatedCluster) -> None:
    read = (Rule(("get", "list"), "workflows", "argo"), Rule(("list",), "pods", "argo"))
    token = empty_cluster.access.add_user("jane", *read)
    assert argo_pods("auth", "check", "exec", "--token", token) == Result(
        1,
        """\
RESOURCE                VERB     ALLOWED   NEEDED BY
workflows.argoproj.io   get      yes       exec
workflows.argoproj.io   list     yes       exec
workflows.argoproj.io   watch    no        exec
pods                    get      no        exec
pods                    list     yes       exec
pods                    watch    no        exec
pods/exec               get      no        exec
pods/exec               create   no        exec

What is missing, as a role:

apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: argo-pods, namespace: argo}
rules:
- {apiGroups: [argoproj.io], resources: [workflows], verbs: [watch]}
- {apiGroups: [""], resources: [pods], verbs: [get, watch]}
- {apiGroups: [""], resources: [pods/exec], verbs: [get, create]}
""",
        "",
    )


def test_all_namespaces_need_a_cluster_role(argo_pods: Run, empty_cluster: SimulatedCluster) -> None:
    token = empty_cluster.access.add_user("jane", Rule(("*",), "*", "argo"))
    missing = argo_pods("auth", "check", "run", "-A", "--token", token)
    assert (missing.status, missing.stdout.partition("as a role:\n\n")[2]) == (
        1,
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: argo-pods}
rules:
- {apiGroups: [argoproj.io], resources: [workflows], verbs: [get, list]}
- {apiGroups: [""], resources: [pods], verbs: [get, list]}
""",
    )


def test_a_service_needs_its_proxy_in_its_own_namespace(argo_pods: Run, empty_cluster: SimulatedCluster) -> None:
    token = empty_cluster.access.add_user("jane", Rule(("get", "list"), "*", "dev"))
    words = ("auth", "check", "run", "-n", "dev", "-s", "service/argo/argo-server", "--token", token)
    missing = argo_pods(*words)
    assert (missing.status, missing.stdout.partition("as a role:\n\n")[2]) == (
        1,
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: argo-pods, namespace: argo}
rules:
- {apiGroups: [""], resources: [services/proxy], resourceNames: ["https:argo-server:2746"], verbs: [get]}
""",
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["auth"], "auth is followed by check, with the commands to check, or by whoami alone"),
        (["auth", "whoami", "logs"], "auth is followed by check, with the commands to check, or by whoami alone"),
        (
            ["auth", "check", "get"],
            '"get" is no command that needs permissions: those are list, logs, exec, shell, run',
        ),
    ],
    ids=" ".join,
)
def test_other_words_are_refused(argo_pods: Run, words: list[str], sentence: str) -> None:
    assert argo_pods(*words) == Result(2, "", f"error: {sentence}\n")


def test_who_one_is_says_what_is_configured_and_what_the_server_sees(
    argo_pods: Run, empty_cluster: SimulatedCluster, kubeconfig: Path
) -> None:
    assert argo_pods("auth", "whoami") == Result(
        0,
        f"""\
ATTRIBUTE     VALUE
Kubeconfig    {kubeconfig}
Context       simulated
Cluster       simulated
Server        {empty_cluster.url}
Namespace     argo
User          user
Credentials   bearer token
Username      admin
Groups        system:authenticated
""",
        "",
    )


def rows(result: Result) -> dict[str, str]:
    split = (line.partition("   ") for line in result.stdout.splitlines()[1:])
    return {name.strip(): value.strip() for name, _, value in split}


@pytest.mark.parametrize(
    ("user", "kind"),
    [
        pytest.param("{token: SECRET}", "bearer token", id="a token"),
        pytest.param("{tokenFile: /dev/null, token: SECRET}", 'token file "/dev/null"', id="a token file"),
        pytest.param("{username: jane, password: SECRET}", 'password of "jane"', id="a password"),
        pytest.param(
            "{exec: {command: get-token, apiVersion: client.authentication.k8s.io/v1, args: [SECRET], "
            "interactiveMode: Never, env: [{name: PASSWORD, value: SECRET}]}}",
            'credential plugin "get-token"',
            id="a plugin",
        ),
        pytest.param(
            "{client-certificate-data: SECRET, client-key-data: SECRET}",
            "client certificate of the kubeconfig",
            id="a certificate",
        ),
        pytest.param(
            "{client-certificate: c.pem, client-key: k.pem, token: SECRET}",
            'client certificate "FOLDER/c.pem" and bearer token',
            id="a certificate and a token",
        ),
        pytest.param("{}", "none", id="nothing"),
    ],
)
def test_the_kind_of_credentials_is_named_and_nothing_secret(
    argo_pods: Run, tmp_path: Path, user: str, kind: str
) -> None:
    path = tmp_path / "config"
    path.write_text(
        f"""\
current-context: dev
clusters: [{{name: c, cluster: {{server: "https://127.0.0.1:1", proxy-url: "http://me:SECRET@127.0.0.1:1"}}}}]
users: [{{name: u, user: {user}}}]
contexts: [{{name: dev, context: {{cluster: c, user: u}}}}]
"""
    )
    result = argo_pods("auth", "whoami", "--kubeconfig", str(path))
    assert rows(result)["Credentials"] == kind.replace("FOLDER", str(tmp_path))
    assert rows(result)["Proxy"] == "http://***@127.0.0.1:1"
    # What is configured is printed although the server cannot be asked.
    assert (result.status, result.stderr.splitlines()[-1][:7]) == (1, "error: ")
    assert "SECRET" not in result.stdout + result.stderr


def test_a_proxy_without_a_scheme_is_named_without_its_user(argo_pods: Run) -> None:
    result = argo_pods("list", "--server=https://127.0.0.1:1", "--proxy-url=me:SECRET@127.0.0.1:1")
    sentence = 'error: the proxy "***@127.0.0.1:1" is not an address like https://HOST:PORT\n'
    assert result == Result(1, "", sentence)


@pytest.mark.parametrize(
    ("user", "flags", "shown_user", "kind"),
    [
        pytest.param("{token: old}", ["--token", "SECRET"], "given by --token", "bearer token", id="a token"),
        pytest.param(
            "{client-certificate: c.pem, client-key: k.pem, exec: {command: x}}",
            ["--token", "SECRET"],
            "u, with --token",
            'client certificate "FOLDER/c.pem" and bearer token',
            id="a token beside a certificate",
        ),
        pytest.param(
            "{}",
            ["--username", "jane", "--password", "SECRET"],
            "given by --username, --password",
            'password of "jane"',
            id="a password",
        ),
        pytest.param(
            "{token: old}",
            ["--client-certificate", "FOLDER/c.pem", "--client-key", "FOLDER/k.pem"],
            "u, with --client-certificate, --client-key",
            'client certificate "FOLDER/c.pem" and bearer token',
            id="a certificate beside a token",
        ),
    ],
)
def test_who_is_given_by_flags_is_not_the_kubeconfigs_user(
    argo_pods: Run, tmp_path: Path, user: str, flags: list[str], shown_user: str, kind: str
) -> None:
    path = tmp_path / "config"
    path.write_text(
        f"""\
current-context: dev
clusters: [{{name: c, cluster: {{server: "https://127.0.0.1:1"}}}}]
users: [{{name: u, user: {user}}}]
contexts: [{{name: dev, context: {{cluster: c, user: u}}}}]
"""
    )
    given = [flag.replace("FOLDER", str(tmp_path)) for flag in flags]
    result = argo_pods("auth", "whoami", "--kubeconfig", str(path), *given)
    assert (rows(result)["User"], rows(result)["Credentials"]) == (shown_user, kind.replace("FOLDER", str(tmp_path)))
    assert "SECRET" not in result.stdout + result.stderr


def test_what_is_configured_stands_before_the_error(clean_environment: dict[str, str]) -> None:
    """Where both go to one place, as they do on a terminal and in the log of a job."""
    command = [*PROGRAM, "auth", "whoami", "--server", "https://127.0.0.1:1"]
    done = subprocess.run(command, env=clean_environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = done.stdout.splitlines()
    assert (done.returncode, lines[0], lines[-1][:7]) == (1, "ATTRIBUTE     VALUE", "error: ")


def test_impersonation_is_named(argo_pods: Run, empty_cluster: SimulatedCluster) -> None:
    empty_cluster.access.add_user("jane")
    shown = rows(argo_pods("auth", "whoami", "--as", "jane", "--as-group", "a", "--as-group", "b", "--as-uid", "7"))
    assert {name: value for name, value in shown.items() if name.startswith(("Acting", "Username"))} == {
        "Acting as": "jane",
        "Acting as uid": "7",
        "Acting as groups": "a, b",
        "Username": "jane",
    }


@pytest.mark.parametrize(
    ("environ", "kind"),
    [
        pytest.param({}, "bearer token", id="those of the kubeconfig"),
        pytest.param({"ARGO_TOKEN": ""}, "none: ARGO_TOKEN is empty", id="none"),
        pytest.param({"ARGO_TOKEN": "Bearer TOKEN"}, "ARGO_TOKEN", id="a token of its own"),
    ],
)
def test_the_argo_server_is_named_too(
    argo_pods: Run, empty_cluster: SimulatedCluster, environ: dict[str, str], kind: str
) -> None:
    server = empty_cluster.argo_server_url.removeprefix("http://")
    empty_cluster.access.add_user("jane", token="TOKEN")
    shown = rows(argo_pods("auth", "whoami", "-s", server, "--secure=false", env=environ))
    assert {name: value for name, value in shown.items() if name.startswith("Argo")} == {
        "Argo Server": server,
        "Argo credentials": kind,
        "Argo version": "v3.7.14",
        "Argo user": "system:serviceaccount:argo:argo-server",
    }


def test_an_argo_server_needs_no_kubeconfig(argo_pods: Run, empty_cluster: SimulatedCluster) -> None:
    server = empty_cluster.argo_server_url.removeprefix("http://")
    result = argo_pods("auth", "whoami", "-s", server, "--secure=false", env={"KUBECONFIG": "/dev/null"})
    assert (result.status, list(rows(result))) == (0, ["Argo Server", "Argo credentials", "Argo version", "Argo user"])
