"""Which logs, and how their lines are shown."""

from __future__ import annotations

from typing import Annotated

from kubectl_argo_pods.options import Option, When
from kubectl_argo_pods.output.style import WHEN
from kubectl_argo_pods.record import NamedTuple


class Logs(NamedTuple):
    """Which logs, and how long to wait for them; what kubectl logs has too means the same here."""

    follow: Annotated[
        bool,
        Option(
            ("-f", "--follow"),
            "Go on until the nodes that are meant are done or their pods deleted, through retries and restarts.",
        ),
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
        Option(
            ("--max-log-requests",),
            "How many logs to read at a time, by default 50, and 500 with -f; the others wait for their turn.",
            "N",
        ),
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
