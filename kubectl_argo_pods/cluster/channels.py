"""The streams of a command in a container, as channels of one websocket: Kubernetes' remotecommand protocol.

Each message begins with the number of its channel (k8s.io/apimachinery/pkg/util/remotecommand).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kubectl_argo_pods.errors import LostError
from kubectl_argo_pods.record import NamedTuple

if TYPE_CHECKING:
    from kubectl_argo_pods.cluster.websocket import WebSocket

# v4 has no word for the end of a stream, so that a command never learns that its input has ended.
V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
PROTOCOLS = (V5, V4)
STDIN, STDOUT, STDERR, STATUS, RESIZE = range(5)
CLOSE = 255


class Exit(NamedTuple):
    """The end of a command; `message` is the server's where it did not even begin, or ended otherwise than by itself.

    `is_told` says that the user has been told already, by whoever ran the command.
    """

    status: int
    message: str = ""
    is_told: bool = False


class Output(NamedTuple):
    """Bytes that the command wrote: to stdout, or to stderr."""

    channel: int
    written: memoryview


class Channels:
    """A command that runs in a container. As with its websocket, nothing here waits."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self._exit: Exit | None = None

    @property
    def can_end_stdin(self) -> bool:
        return self.websocket.protocol == V5

    def receive(self) -> Output | Exit | None:
        """What came next, None where nothing has come yet; raises LostError. Nothing comes after an Exit."""
        while True:
            try:
                message = self.websocket.receive()
            except LostError:
                # All that counts has been said; some servers hang up without a word then.
                if self._exit:
                    return self._exit
                raise
            if message is None:
                return self._at_end() if self.websocket.closed else None
            # The first message is empty: the channel with the lowest number is open.
            if len(message) > 1 and message[0] == STATUS:
                self._exit = exit_of(message[1:])
            elif len(message) > 1 and message[0] in (STDOUT, STDERR):
                return Output(message[0], memoryview(message)[1:])

    def write(self, written: bytes) -> None:
        self.websocket.send(bytes([STDIN]) + written)

    def end_stdin(self) -> None:
        if self.can_end_stdin:
            self.websocket.send(bytes([CLOSE, STDIN]))

    def resize(self, columns: int, rows: int) -> None:
        self.websocket.send(bytes([RESIZE]) + json.dumps({"Width": columns, "Height": rows}).encode())

    def close(self) -> None:
        self.websocket.close()

    def _at_end(self) -> Exit:
        if self._exit:
            return self._exit
        assert self.websocket.closed
        code, reason = self.websocket.closed
        raise LostError(f"the server ended it with code {code}{f' ({reason})' if reason else ''}")


def exit_of(status: bytes) -> Exit:
    """What a Status says of the end of a command (k8s.io/client-go/tools/remotecommand/v4.go)."""
    try:
        said: Any = json.loads(status)
        if said.get("status") == "Success":
            return Exit(0)
        if said.get("reason") == "NonZeroExitCode":
            causes = said["details"]["causes"]
            return Exit(int(next(each["message"] for each in causes if each["reason"] == "ExitCode")))
        return Exit(1, str(said.get("message") or "the command failed, and the server does not say why"))
    except (ValueError, AttributeError, KeyError, TypeError, StopIteration):
        return Exit(1, f"the server ended the command with a word that is unknown here: {status[:200]!r}")
