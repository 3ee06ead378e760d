"""Commands handed over to many kubectls at a time, each in a thread of its own, with their output to functions."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import IO

from kubectl_argo_pods.cluster.channels import STDERR, STDOUT, Exit
from kubectl_argo_pods.errors import TimedOutError
from kubectl_argo_pods.gathering import CHUNK, OUT_OF_TIME, Take
from kubectl_argo_pods.kubectl import Reach, cannot_run
from kubectl_argo_pods.waiting import wait

Kubectl = subprocess.Popen[bytes]
# How kubectl begins what it says itself (k8s.io/kubectl/pkg/cmd/util/helpers.go), on the last line.
ENDED = b"command terminated with exit code "
OWN = (ENDED, b"error: ", b"Error from server", b"Unable to connect to the server")
LONGEST = 65536


@contextmanager
def kubectls(reach: Reach) -> Iterator[Kubectls]:
    """None of them outlives it."""
    running = Kubectls(reach)
    try:
        yield running
    finally:
        running.end()


class Kubectls:
    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._lock = Lock()
        self._running: set[Kubectl] = set()
        self._is_over = False

    def gather(
        self, command: Sequence[str], namespace: str, take: Take, stdin: IO[bytes] | None, deadline: float | None
    ) -> Exit:
        """Run an `exec` to its end; stdin is a file that others read, too. Raises ConfigError and TimedOutError.

        The deadline is of time.monotonic().
        """
        said = _Said(take)
        try:
            with self._started(self._reach.words(command, namespace), has_stdin=stdin is not None) as kubectl:
                _pass_on(kubectl, said.take, stdin, deadline)
                status = kubectl.wait()
        except BaseException:
            said.give_up()
            raise
        return said.exit(128 - status if status < 0 else status)

    def end(self) -> None:
        """Let those that run end, and none begin."""
        with self._lock:
            self._is_over = True
            for kubectl in self._running:
                kubectl.terminate()

    @contextmanager
    def _started(self, words: Sequence[str], *, has_stdin: bool) -> Iterator[Kubectl]:
        with self._lock:
            if self._is_over:
                raise TimedOutError(OUT_OF_TIME)
            kubectl = self._start(words, subprocess.PIPE if has_stdin else subprocess.DEVNULL)
            self._running.add(kubectl)
        with kubectl:
            try:
                yield kubectl
            except BaseException:
                kubectl.terminate()
                raise
            finally:
                with self._lock:
                    self._running.discard(kubectl)

    def _start(self, words: Sequence[str], stdin: int) -> Kubectl:
        pipe, environ = subprocess.PIPE, dict(self._reach.environ)
        try:
            return Kubectl(words, bufsize=0, stdin=stdin, stdout=pipe, stderr=pipe, env=environ)
        except OSError as error:
            raise cannot_run(self._reach.program, error) from error


def _pass_on(kubectl: Kubectl, take: Take, stdin: IO[bytes] | None, deadline: float | None) -> None:
    """Until kubectl has closed its output."""
    assert kubectl.stdout and kubectl.stderr
    channels = {kubectl.stdout.fileno(): STDOUT, kubectl.stderr.fileno(): STDERR}
    feed = _Feed(kubectl.stdin, stdin) if kubectl.stdin and stdin else None
    while channels:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left < 0:
            raise TimedOutError(OUT_OF_TIME)
        readable, writable = wait(list(channels), [feed] if feed else [], left)
        for descriptor in readable:
            if part := os.read(descriptor, CHUNK):
                take(channels[descriptor], memoryview(part))
            else:
                del channels[descriptor]
        if feed and writable and not feed.goes_on():
            feed = None


class _Feed:
    """What a kubectl reads, of a file that others read at their own pace."""

    def __init__(self, pipe: IO[bytes], file: IO[bytes]) -> None:
        self._pipe, self._file = pipe, file
        self._offset = 0
        os.set_blocking(pipe.fileno(), False)

    def fileno(self) -> int:
        return self._pipe.fileno()

    def goes_on(self) -> bool:
        """Write as much as there is room for; whether there is more, and somebody who reads it."""
        read = os.pread(self._file.fileno(), CHUNK, self._offset)
        try:
            self._offset += os.write(self.fileno(), read) if read else 0
        except BrokenPipeError:
            read = b""
        if not read:
            self._pipe.close()
        return bool(read)


class _Said:
    """What a kubectl passes on, without its own words at the end, which tell how it ended."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._held = b""

    def take(self, channel: int, written: memoryview) -> None:
        if channel == STDOUT:
            self._take(channel, written)
            return
        held = self._held + bytes(written)
        last = held.rfind(b"\n", 0, -1) + 1
        may_be_own = any(own.startswith(held[last : last + len(own)]) for own in OWN) and len(held) - last < LONGEST
        cut = last if may_be_own else len(held)
        self._held = held[cut:]
        if cut:
            self._take(STDERR, memoryview(held)[:cut])

    def give_up(self) -> None:
        """What was held back is not kubectl's, or kubectl was not asked to the end."""
        if self._held:
            self._take(STDERR, memoryview(self._held))
            self._held = b""

    def exit(self, status: int) -> Exit:
        if status and self._held.rstrip() == ENDED + b"%d" % status:
            return Exit(status)
        if status == 1 and self._held.startswith(OWN):
            return Exit(1, self._held.decode("utf-8", "replace").strip().removeprefix("error: "))
        self.give_up()
        return Exit(status)
