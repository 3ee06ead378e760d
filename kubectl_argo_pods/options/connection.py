"""Where to ask, and as whom."""

from __future__ import annotations

from typing import Annotated

from kubectl_argo_pods.cluster.kubeconfig import Overrides
from kubectl_argo_pods.options import Option
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.sources import ArgoServerFlags


class Connection(NamedTuple):
    """Where to ask: kubectl's connection flags, and those of the Argo Server as the argo command has them."""

    namespace: Annotated[
        str | None, Option(("-n", "--namespace"), "The namespace to look in.", "NAME", "namespace")
    ] = None
    kubeconfig: Annotated[str | None, Option(("--kubeconfig",), "The kubeconfig file to use.", "FILE", "file")] = None
    context: Annotated[str | None, Option(("--context",), "The kubeconfig context to use.", "NAME", "context")] = None
    cluster: Annotated[str | None, Option(("--cluster",), "The kubeconfig cluster to use.", "NAME", "cluster")] = None
    user: Annotated[str | None, Option(("--user",), "The kubeconfig user to use.", "NAME", "user")] = None
    server: Annotated[str | None, Option(("--server",), "The address of the Kubernetes API.", "URL")] = None
    token: Annotated[str | None, Option(("--token",), "The bearer token for the Kubernetes API.", "TOKEN")] = None
    username: Annotated[str | None, Option(("--username",), "The user name for basic authentication.", "NAME")] = None
    password: Annotated[str | None, Option(("--password",), "The password for basic authentication.", "WORD")] = None
    tls_server_name: Annotated[
        str | None, Option(("--tls-server-name",), "The name that the server's certificate must bear.", "NAME")
    ] = None
    certificate_authority: Annotated[
        str | None, Option(("--certificate-authority",), "The certificates to verify the server with.", "FILE", "file")
    ] = None
    client_certificate: Annotated[
        str | None, Option(("--client-certificate",), "The client certificate to show.", "FILE", "file")
    ] = None
    client_key: Annotated[
        str | None, Option(("--client-key",), "The key of the client certificate.", "FILE", "file")
    ] = None
    insecure_skip_tls_verify: Annotated[
        bool, Option(("--insecure-skip-tls-verify",), "Do not verify the server's certificate.")
    ] = False
    as_: Annotated[str | None, Option(("--as",), "The user to act as.", "NAME")] = None
    as_group: Annotated[tuple[str, ...], Option(("--as-group",), "A group to act as; repeatable.", "NAME")] = ()
    as_uid: Annotated[str | None, Option(("--as-uid",), "The uid to act as.", "UID")] = None
    as_user_extra: Annotated[
        tuple[str, ...], Option(("--as-user-extra",), "An extra of the user to act as; repeatable.", "KEY=VALUE")
    ] = ()
    request_timeout: Annotated[
        str | None, Option(("--request-timeout",), "How long a request may take, like 10s; 0 is for ever.", "TIME")
    ] = None
    proxy_url: Annotated[str | None, Option(("--proxy-url",), "The proxy to go through.", "URL")] = None
    disable_compression: Annotated[
        bool, Option(("--disable-compression",), "Do not ask the server to compress its answers.")
    ] = False
    cache_dir: Annotated[
        str | None,
        Option(
            ("--cache-dir",),
            "Where completion keeps for seconds what it has found. [$KUBECACHEDIR; else ~/.kube/cache]",
            "FOLDER",
            "file",
        ),
    ] = None
    verbosity: Annotated[
        str | None,
        Option(
            ("-v", "--v"),
            "Tell what is sent, without secrets: 6 requests, 7 headers, 8 answers, 9 all.",
            "LEVEL",
            ("6", "7", "8", "9"),
        ),
    ] = None
    argo_server: Annotated[
        str | None,
        Option(
            ("-s", "--argo-server"),
            "Ask this Argo Server for workflows: HOST:PORT, or service/NAMESPACE/NAME[:PORT], "
            "which is reached through the Kubernetes API. [$ARGO_SERVER]",
            "SERVER",
        ),
    ] = None
    secure: Annotated[
        bool | None, Option(("--secure",), "Whether the Argo Server speaks TLS; by default it does. [$ARGO_SECURE]")
    ] = None
    insecure_skip_verify: Annotated[
        bool | None,
        Option(
            ("-k", "--insecure-skip-verify"),
            "Do not verify the Argo Server's certificate. [$ARGO_INSECURE_SKIP_VERIFY]",
        ),
    ] = None
    argo_base_href: Annotated[
        str | None, Option(("--argo-base-href",), "The path before the Argo Server's own. [$ARGO_BASE_HREF]", "PATH")
    ] = None
    header: Annotated[
        tuple[str, ...], Option(("-H", "--header"), "A header to send to the Argo Server; repeatable.", "NAME: VALUE")
    ] = ()

    instanceid: Annotated[
        str | None, Option(("--instanceid",), "Only workflows of this Argo installation. [$ARGO_INSTANCEID]", "ID")
    ] = None

    def argo_server_flags(self) -> ArgoServerFlags:
        """What of it concerns the Argo Server."""
        return ArgoServerFlags(**{field: getattr(self, field) for field in ArgoServerFlags._fields})

    def overrides(self) -> Overrides:
        """What of it concerns the Kubernetes API."""
        return Overrides(**{field: getattr(self, field) for field in Overrides._fields})
