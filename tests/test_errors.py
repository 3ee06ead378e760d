"""What can go wrong, with the Kubernetes API and with an Argo Server: a sentence each, and no secret in any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests import broken, builders
from tests.broken import Broken, grpc, http, ok, serving, status
from tests.cluster import SimulatedCluster
from tests.conftest import Result, Run

SECRETS = ("s3cr3t-token", "s3cr3t-password", "s3cr3t-argo")
# The labels by which sentences call the servers.
KUBE = 'the Kubernetes API at https://HOST (context "dev")'
ARGO = "the Argo Server at https://HOST"
KUBE_HINT = "check the server of its kubeconfig entry"
ARGO_HINT = (
    "check the address (HOST:PORT), --argo-base-href, and whether --secure should be true (https) or false (http)"
)
WORKFLOW = {"metadata": {"name": "wf", "namespace": "argo", "uid": "u"}}
NO_PODS = ok({"kind": "Table", "metadata": {}, "rows": []})


class Condition(NamedTuple):
    """What goes wrong, and what is said of it; of an Argo Server the same is said where nothing else is.

    LABEL and HINT stand for the words of each server, HOST for its address.
    """

    broken: Broken | None  # None: nothing listens there
    said: str
    argo_said: str = ""
    argo_broken: Broken | None = None
    args: tuple[str, ...] = ()
    host: str = ""  # instead of the one that serves


FORBIDDEN = (
    'workflows.argoproj.io "wf" is forbidden: User "jane" cannot get resource "workflows" in API group "argoproj.io" '
    'in the namespace "argo"'
)
GRANT = 'a Role in namespace "argo" has to grant {apiGroups: [argoproj.io], resources: [workflows], verbs: [get]}'
PAGE = b"<!doctype html><title>Sign in</title>"
CONDITIONS: dict[str, Condition] = {
    "refused": Condition(None, "the connection to LABEL was refused; is it running? If so, HINT", host="127.0.0.1:1"),
    "no such host": Condition(
        None,
        "LABEL cannot be found: the host nowhere.invalid is not known to DNS; check the network, and HINT",
        host="nowhere.invalid:443",
    ),
    "unknown authority": Condition(
        Broken(tls=broken.of_unknown_authority),
        "the certificate of LABEL cannot be trusted: unable to get local issuer certificate; "
        "check the certificate-authority of its kubeconfig entry, or name one with --certificate-authority",
        "the certificate of LABEL cannot be trusted: unable to get local issuer certificate; "
        "name its authority with --certificate-authority, or do without verification with -k",
    ),
    "certificate of another name": Condition(
        Broken(tls=broken.of_another_name),
        "the certificate of LABEL cannot be trusted: "
        "IP address mismatch, certificate is not valid for '127.0.0.1'; HINT",
    ),
    "expired certificate": Condition(
        Broken(tls=broken.expired),
        "the certificate of LABEL cannot be trusted: certificate has expired; "
        "it has to be renewed, unless it is this machine's clock that is wrong",
    ),
    "certificate of tomorrow": Condition(
        Broken(tls=broken.not_yet_valid),
        "the certificate of LABEL cannot be trusted: certificate is not yet valid; "
        "it has to be renewed, unless it is this machine's clock that is wrong",
    ),
    "client certificate wanted": Condition(
        Broken(wants_certificate=True),
        "LABEL wants a client certificate: name one with --client-certificate and --client-key",
    ),
    "no TLS": Condition(Broken(http(400, b""), tls=None), "LABEL does not speak TLS; is it one for http? HINT"),
    "timeout before the answer": Condition(
        Broken(stalls=True),
        "LABEL did not answer in time; check the network, or raise --request-timeout",
        args=("--request-timeout", "100ms"),
    ),
    "timeout within the answer": Condition(
        Broken(http(200, b'{"a":', Content_Length="100"), stalls=True),
        "LABEL did not answer in time; check the network, or raise --request-timeout",
        args=("--request-timeout", "100ms"),
    ),
    "connection cut": Condition(Broken(b""), "the connection to LABEL was lost: it was closed without an answer"),
    "answer cut": Condition(
        Broken(http(200, b'{"a":', Content_Length="100")),
        "the connection to LABEL was lost in the middle of its answer; try again",
    ),
    "no HTTP": Condition(Broken(b"SSH-2.0-OpenSSH\r\n"), "LABEL does not speak HTTP; HINT"),
    "400": Condition(
        Broken(status(400, "BadRequest", "bad selector")),
        "LABEL answered 400: bad selector",
        argo_broken=Broken(grpc(400, 3, "bad selector")),
    ),
    "401": Condition(
        Broken(status(401, "Unauthorized", "Unauthorized")),
        "LABEL does not accept the credentials (Unauthorized); log in again, or check the user",
        'LABEL does not accept the credentials (token not valid); set ARGO_TOKEN to "Bearer TOKEN" (`argo auth token` '
        "prints one), or check the user of the kubeconfig",
        Broken(grpc(401, 16, "token not valid")),
    ),
    "403": Condition(
        Broken(status(403, "Forbidden", FORBIDDEN)),
        f"{FORBIDDEN}: {GRANT}",
        argo_broken=Broken(grpc(403, 7, FORBIDDEN)),
    ),
    "403 that is not about a role": Condition(
        Broken(status(403, "Forbidden", 'pods "x" is forbidden: exceeded quota: small')),
        'pods "x" is forbidden: exceeded quota: small',
        argo_broken=Broken(grpc(403, 7, 'pods "x" is forbidden: exceeded quota: small')),
    ),
    "403 for nobody": Condition(
        Broken(status(403, "Forbidden", FORBIDDEN.replace("jane", "system:anonymous"))),
        f"{FORBIDDEN.replace('jane', 'system:anonymous')}: who asks is not known; log in again, or check the user",
        f'{FORBIDDEN.replace("jane", "system:anonymous")}: who asks is not known; set ARGO_TOKEN to "Bearer TOKEN" '
        "(`argo auth token` prints one), or check the user of the kubeconfig",
        Broken(grpc(403, 7, FORBIDDEN.replace("jane", "system:anonymous"))),
    ),
    "404": Condition(
        Broken(status(404, "NotFound", 'workflows.argoproj.io "wf" not found')),
        'workflow "wf" not found in namespace "argo"',
        'workflow "wf" not found in namespace "argo" of LABEL',
        Broken(grpc(404, 5, 'workflows.argoproj.io "wf" not found')),
    ),
    "no such resource": Condition(
        Broken(http(404, b"404 page not found\n", "text/plain")),
        "this cluster has no Argo Workflows (no resource workflows.argoproj.io): is this the right context?",
        "the cluster of LABEL has no Argo Workflows (no resource workflows.argoproj.io)",
        Broken(grpc(404, 5, "the server could not find the requested resource (get workflows.argoproj.io wf)")),
    ),
    "no such path": Condition(
        Broken(http(404, b"404 page not found\n", "text/plain")),
        "this cluster has no Argo Workflows (no resource workflows.argoproj.io): is this the right context?",
        'LABEL answered 404: "404 page not found"; HINT',
    ),
    "404 of another server": Condition(
        Broken(http(404, PAGE, "text/html")), "LABEL answered 404 with a web page; HINT"
    ),
    "404 of another server in plain text": Condition(
        Broken(http(404, b"default backend - 404", "text/plain")), 'LABEL answered 404: "default backend - 404"; HINT'
    ),
    "409": Condition(
        Broken(status(409, "Conflict", "the object has been modified")),
        "LABEL answered 409: the object has been modified",
        argo_broken=Broken(grpc(409, 10, "the object has been modified")),
    ),
    "410": Condition(
        Broken(status(410, "Expired", "too old resource version")),
        "LABEL answered 410: too old resource version",
        argo_broken=Broken(grpc(410, 11, "too old resource version")),
    ),
    "429": Condition(
        Broken(status(429, "TooManyRequests", "too many requests", Retry_After="0")),
        "LABEL answered 429: too many requests",
        argo_broken=Broken(grpc(429, 8, "too many requests", Retry_After="0")),
    ),
    "500": Condition(
        Broken(status(500, "InternalError", "etcdserver: leader changed")),
        "LABEL answered 500: etcdserver: leader changed",
        argo_broken=Broken(grpc(500, 13, "etcdserver: leader changed")),
    ),
    "501": Condition(
        Broken(http(501, b"")),
        "LABEL answered 501; HINT",
        "LABEL does not know this call (501 Not Implemented): it is too old for it, or else HINT",
        Broken(grpc(501, 12, "Not Implemented")),
    ),
    "503": Condition(
        Broken(http(503, b"no healthy upstream", "text/plain", Retry_After="0")),
        'LABEL answered 503: "no healthy upstream"; HINT',
    ),
    "a redirection": Condition(
        Broken(http(302, b"", Location="https://login.example/s3cr3t")),
        "LABEL answered 302, which sends one elsewhere, as to a login page; HINT",
    ),
    "a web page": Condition(
        Broken(http(200, PAGE, "text/html")), "LABEL answered with a web page instead of JSON; HINT"
    ),
    "a web page as an error": Condition(
        Broken(http(403, PAGE, "text/html")), "LABEL answered 403 with a web page; HINT"
    ),
    "plain text": Condition(
        Broken(http(200, b"ok", "text/plain")), "LABEL answered with text/plain instead of JSON; HINT"
    ),
    "cut off JSON": Condition(
        Broken(http(200, b'{"metadata": {"na')), "LABEL answered with JSON that is cut off, broken or no object; HINT"
    ),
    "JSON that is no object": Condition(
        Broken(http(200, b"[]")), "LABEL answered with JSON that is cut off, broken or no object; HINT"
    ),
    "JSON without end": Condition(
        Broken(http(200, b'{"a":' * 100_000)), "LABEL answered with JSON that is cut off, broken or no object; HINT"
    ),
    "broken compression": Condition(
        Broken(http(200, b"nonsense", Content_Encoding="gzip")),
        "LABEL sent an answer that cannot be unpacked; try --disable-compression",
    ),
    "a wrong kind": Condition(
        Broken(ok({"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "wf"}})),
        "LABEL answered with ConfigMap where a Workflow is expected; HINT",
    ),
}


def kubeconfig(folder: Path, server: str) -> Path:
    (folder / "ca.crt").write_bytes(broken.CA.cert_pem.bytes())
    user = {"token": SECRETS[0]}
    cluster = {"server": server, "certificate-authority": str(folder / "ca.crt")}
    return written(
        folder / "config",
        {
            "current-context": "dev",
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "dev", "context": {"cluster": "c", "user": "u", "namespace": "argo"}}],
        },
    )


def written(path: Path, value: Any) -> Path:
    path.write_text(yaml.safe_dump(value))
    return path


def checked(result: Result) -> Result:
    """The result, in which there is no secret and no traceback."""
    output = result.stdout + result.stderr
    assert not [secret for secret in SECRETS if secret in output], output
    assert "Traceback" not in output
    assert "a bug in" not in output
    return result


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_what_goes_wrong_with_kubernetes_is_a_sentence(argo_pods: Run, tmp_path: Path, condition: Condition) -> None:
    with serving(condition.broken or Broken()) as host:
        host = condition.host or host
        path = kubeconfig(tmp_path, f"https://{host}")
        result = run(argo_pods, "wf", *condition.args, env={"KUBECONFIG": str(path)})
    said = condition.said.replace("LABEL", KUBE).replace("HINT", KUBE_HINT).replace("HOST", host)
    assert result == Result(1, "", f"error: {said}\n")


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_what_goes_wrong_with_an_argo_server_is_a_sentence(
    argo_pods: Run, tmp_path: Path, condition: Condition
) -> None:
    with serving(condition.argo_broken or condition.broken or Broken()) as host:
        host = condition.host or host
        (tmp_path / "ca.crt").write_bytes(broken.CA.cert_pem.bytes())
        trust = ("--certificate-authority", str(tmp_path / "ca.crt"))
        env = {"KUBECONFIG": "/dev/null", "ARGO_TOKEN": f"Bearer {SECRETS[2]}", "ARGO_NAMESPACE": "argo"}
        result = run(argo_pods, "wf", "-s", host, *trust, *condition.args, env=env)
    said = (condition.argo_said or condition.said).replace("LABEL", ARGO)
    # The hint has a HOST of its own.
    said = said.replace("HOST", host).replace("HINT", ARGO_HINT)
    assert result == Result(1, "", f"error: {said}\n")


def run(argo_pods: Run, *args: str, env: Mapping[str, str]) -> Result:
    return checked(argo_pods(*args, env=env))


def pairs(text: str) -> Iterator[tuple[str, str]]:
    return zip(text, text[1:], strict=False)


FILES: dict[str, tuple[str | None, str]] = {
    "is a text": ("hello\n", 'the kubeconfig "FILE" is not a map of clusters, users and contexts'),
    "is a list": ("- a\n", 'the kubeconfig "FILE" is not a map of clusters, users and contexts'),
    "is cut off": (
        f"users: [{{name: u, user: {{token: {SECRETS[0]}",
        'the kubeconfig "FILE" is not YAML (line 2)',
    ),
    "is no text": ("\udcff\udcfe", 'the kubeconfig "FILE" cannot be read: it is not UTF-8 text'),
    "has clusters that are none": (
        f"clusters: {SECRETS[0]}\n",
        '"clusters" of the kubeconfig "FILE" is not a list of named clusters',
    ),
    "is within itself": (
        f"users: &u [*u, {SECRETS[0]}]\n",
        'the kubeconfig "FILE" is not YAML that can be used: it is nested too deeply, or within itself',
    ),
    "unfolds without end": (
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{name}: &{name} [{','.join([f'*{old}'] * 10)}]\n" for old, name in pairs("abcdefghi")),
        'the kubeconfig "FILE" is not YAML that can be used: its aliases unfold to far more than it holds',
    ),
    "nests without end": (
        "[" * 100_000,
        'the kubeconfig "FILE" is not YAML that can be used: it is nested too deeply (line 1)',
    ),
    "is a folder": (None, 'the kubeconfig "FILE" cannot be read: Is a directory'),
}


@pytest.mark.parametrize("args", [(), ("-s", "127.0.0.1:1")], ids=["kube", "argo server"])
@pytest.mark.parametrize(("text", "said"), FILES.values(), ids=FILES)
def test_a_kubeconfig_that_cannot_be_used_is_named(
    argo_pods: Run, tmp_path: Path, text: str | None, said: str, args: tuple[str, ...]
) -> None:
    path = tmp_path / "config"
    if text is None:
        path.mkdir()
    else:
        path.write_bytes(text.encode(errors="surrogateescape"))
    result = run(argo_pods, "wf", *args, env={"KUBECONFIG": str(path)})
    assert result == Result(1, "", f"error: {said.replace('FILE', str(path))}\n")


NOT_BEGUN = "has not begun: no workflow controller has taken it up yet"


@pytest.mark.parametrize(
    ("status_", "stands"),
    [
        ({}, NOT_BEGUN),
        ({"nodes": None}, NOT_BEGUN),
        ({"phase": ""}, NOT_BEGUN),
        ({"phase": "Running"}, "is Running and has no nodes"),
        ({"phase": "Failed", "message": "invalid spec"}, "is Failed: invalid spec"),
    ],
    ids=str,
)
@pytest.mark.parametrize("way", ["kube", "argo server"])
def test_a_workflow_without_nodes_has_no_pods(
    argo_pods: Run, empty_cluster: SimulatedCluster, way: str, status_: Any, stands: str
) -> None:
    empty_cluster.load([builders.workflow("wf") | {"status": status_}])
    server = empty_cluster.argo_server_url.removeprefix("http://")
    args = ("-s", server, "--secure=false") if way == "argo server" else ()
    assert argo_pods("wf", *args) == Result(0, "", f'No pods found for workflow "wf" in argo namespace. It {stands}\n')
    assert argo_pods("wf", "a", *args) == Result(1, "", f'error: no node "a" in workflow "wf": it {stands}\n')


def test_what_a_server_says_cannot_steer_the_terminal(argo_pods: Run, tmp_path: Path) -> None:
    with serving(Broken(status(500, "InternalError", "\x1b]0;owned\x07boom\u202e"))) as host:
        path = kubeconfig(tmp_path, f"https://{host}")
        result = run(argo_pods, "wf", env={"KUBECONFIG": str(path)})
    said = f"{KUBE.replace('HOST', host)} answered 500: ^[]0;owned^Gboom\\u202e"
    assert result == Result(1, "", f"error: {said}\n")


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_a_trace_holds_no_secret(argo_pods: Run, tmp_path: Path, condition: Condition) -> None:
    with serving(condition.broken or Broken()) as host:
        path = kubeconfig(tmp_path, f"https://{condition.host or host}")
        env = {"KUBECONFIG": str(path), "KUBECTL_ARGO_PODS_DEBUG": ""}
        traced = run(argo_pods, "wf", "-v=9", *condition.args, env=env)
        argo = ("-s", condition.host or host, "--certificate-authority", str(tmp_path / "ca.crt"))
        env |= {"ARGO_TOKEN": f"Bearer {SECRETS[2]}", "ARGO_NAMESPACE": "argo"}
        also_traced = run(argo_pods, "wf", "-v=9", *argo, *condition.args, env=env)
    for result in (traced, also_traced):
        assert (result.status, result.stdout) == (1, "")
        assert len(result.stderr.splitlines()) > 1
