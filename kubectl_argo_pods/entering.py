"""A command in the container of one place: the container is found, waited for, and the command run in it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext

from kubectl_argo_pods import session
from kubectl_argo_pods.cluster.channels import Channels, Exit
from kubectl_argo_pods.cluster.kubeconfig import parse_timeout
from kubectl_argo_pods.containers import DEFAULT_CONTAINER, Container, containers, default_container
from kubectl_argo_pods.errors import ArgoPodsError, LostError, NotFoundError, OnlyByKubectlError, UsageError
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.options.containers import Inside, Interaction
from kubectl_argo_pods.output.notices import print_notices
from kubectl_argo_pods.places import Place, completed
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.sources.kube_exec import Process, start
from kubectl_argo_pods.sources.kube_pods import KubePods
from kubectl_argo_pods.terminal import CAN_WAIT_FOR_STDIN, is_terminal, raw, size_of
from kubectl_argo_pods.workflow import Manifest

ENDED = ("Succeeded", "Failed")
KINDS = {"container": "", "init": " (init)", "ephemeral": " (ephem)"}


class Wish(NamedTuple):
    """How to find a container: its name, "" for the one that is meant by default, and seconds to wait until it runs."""

    container: str
    patience: float
    quiet: bool


def wish(inside: Inside) -> Wish:
    """What the options ask for; raises UsageError."""
    patience = parse_timeout(inside.pod_running_timeout, "--pod-running-timeout")
    if patience is None:
        raise UsageError("--pod-running-timeout must be higher than zero")
    return Wish(inside.container or "", patience, inside.quiet)


def has_terminal(interaction: Interaction, quiet: bool) -> bool:
    """Whether the command gets a terminal, as kubectl decides it; raises UsageError where we cannot give it ours."""
    if not interaction.tty or not interaction.stdin:
        return False
    if not is_terminal(sys.stdin):
        if not quiet:
            print("Unable to use a TTY - input is not a terminal or the right kind of file", file=sys.stderr)
        return False
    return True


def running_container(pods: KubePods, place: Place, wish: Wish) -> str:
    """The name of the container that is meant, as soon as it runs; raises ArgoPodsError where it cannot run."""
    known = place.row.pod.manifest if place.row.pod else None
    manifest = known or pods.pod(place.namespace, place.pod)
    _refuse_completed(place, manifest)
    name = _named(manifest, wish.container) if wish.container else default_container(manifest, place.row.node)
    if not wish.quiet and not wish.container:
        _tell_default(place, manifest, name)
    if not _is_settled(manifest, name):
        if not wish.quiet:
            print_notices([f"waiting: {_state(manifest, name)}"])
        from kubectl_argo_pods.sources.running import wait_until

        manifest = wait_until(
            pods, manifest, lambda seen: _is_settled(seen, name), wish.patience, lambda seen: _state(seen, name)
        )
        _refuse_completed(place, manifest)
    if _container(manifest, name).state != "running":
        others = [each.name for each in containers(manifest) if each.state == "running"]
        hint = f"; {' and '.join(others)} still run, which -c may name" if others else ""
        raise ArgoPodsError(f"nothing can run there any more: {_state(manifest, name)}{hint}")
    return name


def _refuse_completed(place: Place, manifest: Manifest) -> None:
    phase = manifest["status"].get("phase")
    if phase in ENDED:
        raise ArgoPodsError(completed(place, phase))


def _named(manifest: Manifest, name: str) -> str:
    if name not in (each.name for each in containers(manifest)):
        pod = manifest["metadata"]["name"]
        raise NotFoundError(f"container {name} is not valid for pod {pod} out of: {_listed(manifest)}")
    return name


def _listed(manifest: Manifest) -> str:
    """The containers as kubectl lists them: the pod's own first."""
    ordered = sorted(containers(manifest), key=lambda each: list(KINDS).index(each.kind))
    return ", ".join(f"{each.name}{KINDS[each.kind]}" for each in ordered)


def _tell_default(place: Place, manifest: Manifest, name: str) -> None:
    """kubectl's note on a container that nobody has named: neither the user, nor the pod, nor the step."""
    stated = (manifest["metadata"].get("annotations") or {}).get(DEFAULT_CONTAINER)
    own = place.row.node.display_name if place.row.node and place.row.node.type == "Container" else ""
    if len(containers(manifest)) > 1 and name not in (stated, own):
        print(f'Defaulted container "{name}" out of: {_listed(manifest)}', file=sys.stderr)


def _container(manifest: Manifest, name: str) -> Container:
    return next(each for each in containers(manifest) if each.name == name)


def _is_settled(manifest: Manifest, name: str) -> bool:
    """Whether it runs, or never will again."""
    container = _container(manifest, name)
    never_again = container.kind == "init" or manifest["spec"].get("restartPolicy") == "Never"
    is_over = container.state == "terminated" and never_again
    return manifest["status"].get("phase") in ENDED or container.state == "running" or is_over


def _state(manifest: Manifest, name: str) -> str:
    container = _container(manifest, name)
    why = container.reason or manifest["status"].get("reason") or manifest["status"].get("phase") or "Pending"
    code = f" with exit code {container.exit_code}" if container.exit_code is not None else ""
    message = f": {container.message}" if container.message else ""
    state = container.state or "not there yet"
    return f'container "{name}" of pod "{manifest["metadata"]["name"]}" is {state}{code} ({why}){message}'


def enter(
    pods: KubePods, process: Process, connection: Connection, environ: Mapping[str, str], deadline: float | None = None
) -> Exit:
    """Run a command with this process's own streams. Where only SPDY will do, kubectl runs it.

    The deadline is of time.monotonic(). Raises LostError, TimedOutError, UnreachableError and ApiError.
    """
    if process.stdin and not CAN_WAIT_FOR_STDIN:
        return _handed_over(process, connection, environ, deadline)
    try:
        with started(pods, process) as channels:
            if process.stdin and not process.tty and not channels.can_end_stdin:
                _tell_endless(channels)
            with _on_terminal() if process.tty else nullcontext():
                return session.run(channels, _streams(process), deadline)
    except OnlyByKubectlError:
        return _handed_over(process, connection, environ, deadline)


@contextmanager
def started(pods: KubePods, process: Process) -> Iterator[Channels]:
    """The streams of a command while it runs; a LostError then says what of."""
    channels = start(pods.http, process)
    try:
        yield channels
    except LostError as error:
        where = f'container "{process.container}" of pod "{process.pod}"'
        raise LostError(
            f"the connection to {where} was lost before the command ended, which may still run there: {error}"
        ) from error
    finally:
        channels.close()


@contextmanager
def _on_terminal() -> Iterator[None]:
    """The terminal as the command's own; an error is told on a line of its own, wherever that left the cursor."""
    try:
        with raw(sys.stdin):
            yield
    except ArgoPodsError:
        print(file=sys.stderr)
        raise


def _tell_endless(channels: Channels) -> None:
    spoken = channels.websocket.protocol
    print(f"the server speaks {spoken}, which cannot tell the command that its input has ended", file=sys.stderr)


def _streams(process: Process) -> session.Streams:
    output = sys.stdout if size_of(sys.stdout) else sys.stdin
    stdin = sys.stdin if process.stdin else None
    return session.Streams(stdin, sys.stdout, sys.stderr, lambda: size_of(output) if process.tty else None)


def told(ended: Exit) -> int:
    """The status of a command that has ended, with kubectl's words for one that is not 0."""
    if ended.message:
        raise ArgoPodsError(ended.message)
    if ended.status and not ended.is_told:
        print(f"command terminated with exit code {ended.status}", file=sys.stderr)
    return ended.status


def _handed_over(process: Process, connection: Connection, environ: Mapping[str, str], deadline: float | None) -> Exit:
    from kubectl_argo_pods import kubectl

    with kubectl.handed_over(connection, environ) as reach:
        words = reach.words(by_kubectl(process), process.namespace)
        return Exit(kubectl.run(words, reach.environ, deadline), is_told=True)


def by_kubectl(process: Process) -> list[str]:
    """kubectl's command that runs it."""
    flags = ["--stdin"] * process.stdin + ["--tty"] * process.tty
    return ["exec", process.pod, f"--container={process.container}", *flags, "--", *process.command]
