from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_argo_pods.cluster.kubeconfig import Cluster, Origin, Overrides, parse_timeout, resolve
from kubectl_argo_pods.errors import ArgoPodsError, ConfigError, NoClusterError, UsageError

DEV = {"server": "https://dev:6443", "certificate-authority": "ca.crt", "tls-server-name": "api"}
CONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "dev",
    "clusters": [{"name": "dev", "cluster": DEV}, {"name": "bare", "cluster": {"server": "bare:8080"}}],
    "users": [
        {"name": "token", "user": {"token": "one", "tokenFile": "token.txt"}},
        {"name": "files", "user": {"client-certificate": "a.crt", "client-key": "/abs/a.key"}},
        {"name": "plugin", "user": {"exec": {"command": "./get-token", "args": ["x"]}}},
    ],
    "contexts": [
        {"name": "dev", "context": {"cluster": "dev", "user": "token", "namespace": "argo"}},
        {"name": "certificate", "context": {"cluster": "dev", "user": "files"}},
        {"name": "plugin", "context": {"cluster": "bare", "user": "plugin"}},
        {"name": "nowhere", "context": {"user": "token"}},
    ],
}


def write(path: Path, config: Mapping[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(dict(config)))
    return path


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"KUBECONFIG": str(write(tmp_path / "config", CONFIG)), "HOME": str(tmp_path)}


def test_the_current_context_is_meant(tmp_path: Path, environ: dict[str, str]) -> None:
    assert resolve(Overrides(), environ) == Cluster(
        server="https://dev:6443",
        context="dev",
        namespace="argo",
        entry=DEV | {"certificate-authority": str(tmp_path / "ca.crt")},
        user={"token": "one", "tokenFile": str(tmp_path / "token.txt")},
        timeout=None,
        origin=Origin((environ["KUBECONFIG"],), "dev", "token", environ["KUBECONFIG"]),
    )


def test_paths_are_those_beside_the_file_that_names_them(tmp_path: Path, environ: dict[str, str]) -> None:
    assert resolve(Overrides(context="certificate"), environ).user == {
        "client-certificate": str(tmp_path / "a.crt"),
        "client-key": "/abs/a.key",
    }
    assert resolve(Overrides(context="plugin"), environ).user == {
        "exec": {"command": f"{tmp_path}/get-token", "args": ["x"]}
    }


def test_the_namespace_is_that_of_the_flag_then_of_argo_then_of_the_context(environ: dict[str, str]) -> None:
    argo = environ | {"ARGO_NAMESPACE": "from-argo"}
    flag = Overrides(namespace="from-flag")
    assert [
        resolve(flag, argo).namespace,
        resolve(Overrides(), argo).namespace,
        resolve(Overrides(), environ).namespace,
        resolve(Overrides(context="certificate"), environ).namespace,
    ] == ["from-flag", "from-argo", "argo", "default"]


def test_of_several_files_the_first_to_name_a_thing_wins(tmp_path: Path) -> None:
    first = {"contexts": [{"name": "dev", "context": {"cluster": "dev"}}], "current-context": ""}
    second = CONFIG | {"current-context": "certificate"}
    third = {"current-context": "dev", "clusters": [{"name": "dev", "cluster": {"server": "https://wrong"}}]}
    (tmp_path / "empty").write_text("")
    paths = [
        tmp_path / "missing",
        tmp_path / "empty",
        write(tmp_path / "1", first),
        write(tmp_path / "sub" / "2", second),
        write(tmp_path / "3", third),
    ]
    environ = {"KUBECONFIG": ":".join(map(str, paths))}
    found = resolve(Overrides(), environ)
    assert (found.context, found.server, found.user["client-certificate"]) == (
        "certificate",
        "https://dev:6443",
        str(tmp_path / "sub" / "a.crt"),
    )
    assert resolve(Overrides(context="dev"), environ).user == {}


def test_without_kubeconfig_it_is_the_one_in_the_home_directory(tmp_path: Path) -> None:
    write(tmp_path / ".kube" / "config", CONFIG)
    assert resolve(Overrides(), {"HOME": str(tmp_path)}).context == "dev"


def test_a_kubeconfig_that_only_pyyaml_understands_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(
        "current-context: &name dev\ncontexts: [{name: *name, context: {cluster: *name}}]\n"
        "clusters:\n- name: dev\n  cluster:\n    server: >-\n      https://dev:6443\n"
    )
    assert resolve(Overrides(kubeconfig=str(path)), {}).server == "https://dev:6443"


@pytest.mark.parametrize(
    ("text", "flags", "kind", "sentence"),
    [
        pytest.param(
            yaml.safe_dump(CONFIG),
            Overrides(context="prod"),
            ConfigError,
            'context "prod" is not in the kubeconfig; those there are: certificate, dev, nowhere, plugin',
            id="an unknown context",
        ),
        pytest.param(
            yaml.safe_dump(CONFIG),
            Overrides(context="nowhere"),
            NoClusterError,
            'context "nowhere" names no cluster with a server; add one or name it with --server',
            id="a context without a cluster",
        ),
        pytest.param(
            yaml.safe_dump(CONFIG | {"current-context": ""}),
            Overrides(),
            NoClusterError,
            "the kubeconfig has no current-context; choose one with --context: certificate, dev, nowhere, plugin",
            id="no current context",
        ),
        pytest.param(
            "a: [1\ntoken: secret",
            Overrides(),
            ConfigError,
            'the kubeconfig "FILE" is not YAML (line 2)',
            id="no YAML, without showing its text",
        ),
        pytest.param(
            "- 1",
            Overrides(),
            ConfigError,
            'the kubeconfig "FILE" is not a map of clusters, users and contexts',
            id="a list",
        ),
        pytest.param(
            "",
            Overrides(),
            NoClusterError,
            "no cluster is configured: FILE is missing or empty; name a kubeconfig with --kubeconfig",
            id="an empty file",
        ),
        pytest.param(
            yaml.safe_dump(CONFIG),
            Overrides(kubeconfig="/no/such/file"),
            ConfigError,
            'the kubeconfig "/no/such/file" does not exist',
            id="a named file that is not there",
        ),
        pytest.param(
            yaml.safe_dump(CONFIG),
            Overrides(request_timeout="soon"),
            UsageError,
            '--request-timeout "soon" is not a time like 30, 10s or 1m30s',
            id="a timeout that is no time",
        ),
    ],
)
def test_what_says_no_cluster_is_an_error(
    tmp_path: Path, text: str, flags: Overrides, kind: type[ArgoPodsError], sentence: str
) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(ArgoPodsError) as caught:
        resolve(flags, {"KUBECONFIG": str(path)})
    assert (type(caught.value), str(caught.value).replace(str(path), "FILE")) == (kind, sentence)


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", None), ("", None), ("30", 30.0), ("500ms", 0.5), ("1h1m1.5s", 3661.5)]
)
def test_timeouts_are_seconds_or_durations(text: str, seconds: float | None) -> None:
    assert parse_timeout(text) == seconds
