"""The options of the command line as plain values, each declared once.

A command takes groups of them as parameters: a group is a NamedTuple whose fields are annotated with their options.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple, NewType

from kubectl_argo_pods.cluster.kubeconfig import Overrides
from kubectl_argo_pods.output.style import WHEN
from kubectl_argo_pods.sources import ArgoServerFlags

# What a value may be completed to: values themselves, or the name of a kind of them (those of completion/candidates).
Completes = str | tuple[str, ...]
# An option that is auto, always or never; given without a value it is always.
When = NewType("When", str)


class Option(NamedTuple):
    """An option: its names (short ones first), what help says of it, and what its value is called there."""

    names: tuple[str, ...]
    help: str
    metavar: str = ""
    completes: Completes = ""


class Argument(NamedTuple):
    """The words of a command line that are no options; `completes` is for each of them, the last for all further."""

    metavar: str
    help: str
    completes: tuple[Completes, ...] = ("workflow", "node")


class Tail(NamedTuple):
    """What follows `--`: the command line of another program."""

    metavar: str
    help: str


FILES = "Read the workflows from a file, a directory, or - for standard input; several by commas or repeated."


class Manifests(NamedTuple):
    """Where workflows are read from, if not from a cluster."""

    filename: Annotated[
        tuple[str, ...],
        Option(
            ("-f", "--filename"),
            FILES,
            "FILE",
            "file",
        ),
    ] = ()


ALL_NAMESPACES = Option(("-A", "--all-namespaces"), "Look in all namespaces.")


class Everywhere(NamedTuple):
    """Where one may do something."""

    all_namespaces: Annotated[bool, ALL_NAMESPACES] = False


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


class Filters(NamedTuple):
    """Which workflows, nodes and pods are meant, besides what the words say."""

    all_namespaces: Annotated[bool, ALL_NAMESPACES] = False
    workflow_selector: Annotated[
        str | None, Option(("--workflow-selector",), "The workflows with these labels.", "LABELS")
    ] = None
    selector: Annotated[
        str | None,
        Option(("-l", "--selector"), "The pods with these labels; without WORKFLOW, the workflows.", "LABELS"),
    ] = None
    field_selector: Annotated[str | None, Option(("--field-selector",), "The pods with these fields.", "FIELDS")] = None
    node_field_selector: Annotated[
        str | None, Option(("--node-field-selector",), "The nodes with these fields, as `argo get` has it.", "FIELDS")
    ] = None
    phase: Annotated[
        tuple[str, ...],
        Option(("--phase",), "The nodes in this phase; several by commas or repeated.", "PHASE", "phase"),
    ] = ()
    type: Annotated[
        tuple[str, ...], Option(("--type",), "The nodes of this type; several by commas or repeated.", "TYPE", "type")
    ] = ()
    template: Annotated[
        tuple[str, ...], Option(("--template",), "The nodes of the templates named so; repeatable.", "GLOB", "template")
    ] = ()


class View(NamedTuple):
    """What a list shows, and how."""

    all_nodes: Annotated[bool, Option(("--all-nodes",), "Show the nodes without pods, too.")] = False
    orphans: Annotated[
        bool, Option(("--orphans",), "Show the pods that carry the workflow's label but are of no node, too.")
    ] = False
    output: Annotated[
        str | None,
        Option(
            ("-o", "--output"),
            "The format: table, wide, name, json, yaml, csv, jsonpath=TEMPLATE, jsonpath-as-json=TEMPLATE, "
            "jsonpath-file=FILE, custom-columns=SPEC or custom-columns-file=FILE. [$KUBECTL_ARGO_PODS_OUTPUT]",
            "FORMAT",
            "format",
        ),
    ] = None
    gone: Annotated[bool, Option(("--gone",), "With -o name, print the pods that no longer exist, too.")] = False
    no_headers: Annotated[bool, Option(("--no-headers",), "Print no headers.")] = False
    sort_by: Annotated[str | None, Option(("--sort-by",), "Sort by this field, a JSONPath.", "JSONPATH", "field")] = (
        None
    )
    label_columns: Annotated[
        tuple[str, ...],
        Option(
            ("-L", "--label-columns"), "Show these labels as columns; several by commas or repeated.", "LABELS", "label"
        ),
    ] = ()
    show_labels: Annotated[bool, Option(("--show-labels",), "Show all labels in a last column.")] = False
    color: Annotated[
        str,
        Option(("--color",), "Whether to colour: auto, always or never. [$KUBECTL_ARGO_PODS_COLOR]", "WHEN", WHEN),
    ] = "auto"
    watch: Annotated[bool, Option(("-w", "--watch"), "Show changes as they come, until the workflows end.")] = False


class Inside(NamedTuple):
    """Which container of the one pod that is meant, and how to find that pod."""

    container: Annotated[
        str | None,
        Option(
            ("-c", "--container"), "The container; by default the one of the step's own command.", "NAME", "container"
        ),
    ] = None
    pick: Annotated[
        bool, Option(("-F", "--pick"), "Choose among the pods on the terminal, with fzf where it is installed.")
    ] = False
    pod_running_timeout: Annotated[
        str, Option(("--pod-running-timeout",), "How long to wait until the container runs; by default 1m.", "TIME")
    ] = "1m"
    quiet: Annotated[bool, Option(("-q", "--quiet"), "Print nothing but what the command prints.")] = False


class Interaction(NamedTuple):
    """What a command gets of the terminal."""

    stdin: Annotated[bool, Option(("-i", "--stdin"), "Pass stdin to the command.")] = False
    tty: Annotated[bool, Option(("-t", "--tty"), "Give the command a terminal; goes with -i.")] = False


class Many(NamedTuple):
    """A command in many pods."""

    all: Annotated[bool, Option(("--all",), "Run the command in every pod that matches.")] = False
    parallel: Annotated[str, Option(("--parallel",), "In how many pods at a time; by default 25.", "NUMBER")] = "25"
    fold: Annotated[
        bool, Option(("--fold",), "With --all, print what is the same in several pods once, below their steps.")
    ] = False
    timeout: Annotated[
        str | None, Option(("--timeout",), "How long the command may take, in each pod; 0 is for ever.", "TIME")
    ] = None


class Handover(NamedTuple):
    """How kubectl is called."""

    dry_run: Annotated[bool, Option(("--dry-run",), "Print the commands, for a shell, without secrets.")] = False


# Those whose completion there is a script for.
SHELLS = ("bash", "zsh", "fish", "tcsh", "powershell")


class Setup(NamedTuple):
    """How the completion is installed."""

    print_only: Annotated[bool, Option(("--print",), "Only say what would be done.")] = False
    uninstall: Annotated[bool, Option(("--uninstall",), "Take away what install has put there.")] = False


class LogManifests(NamedTuple):
    """As Manifests, for a command whose -f is --follow."""

    filename: Annotated[
        tuple[str, ...],
        Option(
            ("--filename",),
            FILES,
            "FILE",
            "file",
        ),
    ] = ()


class Logs(NamedTuple):
    """Which logs, and how long to wait for them; what kubectl logs has too means the same here."""

    follow: Annotated[
        bool, Option(("-f", "--follow"), "Go on until the nodes that are meant are done, through retries and restarts.")
    ] = False
    previous: Annotated[
        bool, Option(("-p", "--previous"), "The logs of the run before, of containers that were restarted.")
    ] = False
    container: Annotated[
        tuple[str, ...],
        Option(
            ("-c", "--container"),
            "The containers named so instead of the node's own; Argo's init and wait, too. Repeatable.",
            "GLOB",
            "container",
        ),
    ] = ()
    all_containers: Annotated[
        bool,
        Option(("--all-containers",), "All containers of each pod but those that Argo adds; -c '*' takes these, too."),
    ] = False
    attempts: Annotated[
        str | None,
        Option(
            ("--attempts",),
            "Which attempts of a retry: all, last, failed, or a number; where a NODE is named, last, else all.",
            "WHICH",
            ("all", "last", "failed"),
        ),
    ] = None
    since: Annotated[
        str | None, Option(("--since",), "Only lines newer than a duration like 5s, 2m or 3h.", "DURATION")
    ] = None
    since_time: Annotated[str | None, Option(("--since-time",), "Only lines from a time on, in RFC 3339.", "TIME")] = (
        None
    )
    tail: Annotated[
        str | None, Option(("--tail",), "Only so many last lines of each container; -1 for all, as by default.", "N")
    ] = None
    limit_bytes: Annotated[
        str | None, Option(("--limit-bytes",), "No more than so many bytes of each container.", "N")
    ] = None
    logs_from: Annotated[
        str,
        Option(
            ("--logs-from",),
            "pod, archive (of the Argo Server), or auto: the archive where the pod is gone.",
            "WHERE",
            ("auto", "pod", "archive"),
        ),
    ] = "auto"
    wait: Annotated[bool, Option(("--wait",), "With -f, wait for a workflow that does not exist yet.")] = False
    exit_status: Annotated[
        bool, Option(("--exit-status",), "End with 4 if a node that is meant has Failed, with 5 for Error.")
    ] = False
    order: Annotated[
        str,
        Option(
            ("--order",),
            "With -f: arrival, or time, which holds lines back for a moment to sort them. Without -f, always time.",
            "BY",
            ("arrival", "time"),
        ),
    ] = "arrival"
    max_log_requests: Annotated[
        str | None,
        Option(("--max-log-requests",), "How many logs to read at a time; the others wait for their turn.", "N"),
    ] = None
    pod_running_timeout: Annotated[
        str | None,
        Option(
            ("--pod-running-timeout",),
            "How long to wait for a container to start; by default for ever with -f, and not at all without it.",
            "DURATION",
        ),
    ] = None
    ignore_errors: Annotated[
        bool, Option(("--ignore-errors",), "Go on, and end with 0, where a log cannot be read.")
    ] = False
    insecure_skip_tls_verify_backend: Annotated[
        bool,
        Option(("--insecure-skip-tls-verify-backend",), "Let the API server not verify the kubelet's certificate."),
    ] = False


class LogView(NamedTuple):
    """How the lines are shown, and which of them."""

    prefix: Annotated[
        When,
        Option(
            ("--prefix",),
            "Whether each line begins with its node: auto (if there are several), always (--prefix alone) or never.",
            "WHEN",
            WHEN,
        ),
    ] = When("auto")
    timestamps: Annotated[bool, Option(("-t", "--timestamps"), "Begin each line with its time.")] = False
    include: Annotated[
        tuple[str, ...], Option(("-i", "--include"), "Only lines that match one of these; repeatable.", "REGEX")
    ] = ()
    exclude: Annotated[
        tuple[str, ...], Option(("-e", "--exclude"), "No lines that match one of these; repeatable.", "REGEX")
    ] = ()
    output: Annotated[
        str,
        Option(
            ("-o", "--output"),
            "text, raw (the lines alone, as they are), or json: an object for each line.",
            "FORMAT",
            ("text", "raw", "json"),
        ),
    ] = "text"
    show_argo_lines: Annotated[
        bool, Option(("--show-argo-lines",), "Show the lines that Argo's executor writes into the logs, too.")
    ] = False
    color: Annotated[
        str, Option(("--color",), "Whether to colour: auto, always or never. [$KUBECTL_ARGO_PODS_COLOR]", "WHEN", WHEN)
    ] = "auto"


# The headings of help, in its order.
SECTIONS = {
    Filters: "Selection",
    Everywhere: "Selection",
    Manifests: "Selection",
    LogManifests: "Selection",
    Inside: "Container",
    Interaction: "Container",
    Many: "Many pods",
    Logs: "Logs",
    View: "Output",
    LogView: "Output",
    Handover: "Output",
    Connection: "Connection",
    Setup: "Setup",
}
