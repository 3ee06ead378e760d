"""Commands in the containers of a cluster: the `exec` of a pod."""

from __future__ import annotations

from kubectl_argo_pods.cluster.channels import PROTOCOLS, Channels
from kubectl_argo_pods.cluster.http import Http
from kubectl_argo_pods.cluster.segment import segment
from kubectl_argo_pods.cluster.websocket import open_websocket
from kubectl_argo_pods.errors import ApiError, ForbiddenError, OnlyByKubectlError
from kubectl_argo_pods.permissions import EXEC, addition
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.sources.kube_pods import path

# What a server, or something before it, says of a request to change the protocol that it cannot fulfil.
NO_UPGRADE = frozenset({101, 400, 403, 404, 405, 426, 501})


class Process(NamedTuple):
    """A command to run in a container of a pod; with `tty`, on a terminal of its own."""

    namespace: str
    pod: str
    container: str
    command: tuple[str, ...]
    stdin: bool = False
    tty: bool = False


def start(http: Http, process: Process) -> Channels:
    """The streams of the command, which begins to run; raises UnreachableError, ApiError and OnlyByKubectlError."""
    where = f"{path(process.namespace)}/{segment(process.pod)}/exec"
    asked = [("container", process.container), *(("command", word) for word in process.command)]
    # A terminal has one stream for all that is written to it.
    wanted = {"stdin": process.stdin, "stdout": True, "stderr": not process.tty, "tty": process.tty}
    asked += [(name, "true") for name, is_wanted in wanted.items() if is_wanted]
    try:
        return Channels(open_websocket(http, where, asked, PROTOCOLS))
    except ApiError as error:
        if _needs_another_way(http, process, error):
            raise OnlyByKubectlError from error
        raise


def _needs_another_way(http: Http, process: Process, error: ApiError) -> bool:
    """Whether kubectl, which can ask by SPDY, may succeed where the websocket was refused.

    Raises ForbiddenError for someone who may ask neither way.
    """
    if isinstance(error, ForbiddenError) and error.reason:
        # SPDY asks by POST: it is enough to be allowed to create.
        if _may_create(http, process):
            return True
        said = str(error)
        for need in EXEC:
            # Who got the one verb that the server names would be refused for the other.
            said = said.removesuffix(addition([need], process.namespace))
        raise ForbiddenError(f"{said.rstrip(': ')}: {addition(EXEC, process.namespace)}", code=403) from error
    # A Status with a reason of its own is an answer about the pod; anything else is one about the way of asking. Go's
    # servers say 403, without a Status, to protocols that they do not know.
    is_about_the_pod = error.reason not in ("", "BadRequest", "MethodNotAllowed", "NotAcceptable")
    return not is_about_the_pod and (error.code in NO_UPGRADE or 200 <= error.code < 400)


def _may_create(http: Http, process: Process) -> bool:
    """Whether one may create an exec of this pod, as far as the server tells."""
    attributes = {"namespace": process.namespace, "name": process.pod, "verb": "create"}
    attributes |= {"resource": "pods", "subresource": "exec"}
    review = {
        "kind": "SelfSubjectAccessReview",
        "apiVersion": "authorization.k8s.io/v1",
        "spec": {"resourceAttributes": attributes},
    }
    try:
        answer = http.post_json("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)
    except ApiError:
        return False
    return bool((answer.get("status") or {}).get("allowed"))
