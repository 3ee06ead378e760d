"""Processes of this machine, with pipes or a terminal of their own: what runs in the simulated containers."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import signal
import struct
import termios
from collections.abc import Mapping


class Process:
    """One process; on a terminal, all of its output is stdout."""

    def __init__(self, process: asyncio.subprocess.Process, terminal: int | None) -> None:
        self._process = process
        self._terminal = terminal
        self.stdout: asyncio.StreamReader | None = process.stdout
        self.stderr: asyncio.StreamReader | None = process.stderr

    async def write(self, written: bytes) -> None:
        if self._terminal is not None:
            os.write(self._terminal, written)
        elif self._process.stdin:
            # Whoever does not read its input is not disturbed by it.
            with contextlib.suppress(ConnectionError):
                self._process.stdin.write(written)
                await self._process.stdin.drain()

    def end_stdin(self) -> None:
        if self._terminal is None and self._process.stdin:
            self._process.stdin.close()

    def resize(self, columns: int, rows: int) -> None:
        if self._terminal is not None:
            fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    async def wait(self) -> int:
        """The status, as a shell has it."""
        status = await self._process.wait()
        return 128 - status if status < 0 else status

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


async def start(command: list[str], stdin: bool, tty: bool, environment: Mapping[str, str]) -> Process:
    """The command, running; raises FileNotFoundError."""
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environment}
    if not tty:
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        started = await asyncio.create_subprocess_exec(
            *command, stdin=pipe if stdin else nothing, stdout=pipe, stderr=pipe, env=env, start_new_session=True
        )
        return Process(started, None)
    ours, theirs = pty.openpty()
    try:
        started = await asyncio.create_subprocess_exec(
            *command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={"TERM": "xterm", **env},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
    except OSError:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    process = Process(started, ours)
    process.stdout = await _reader(ours)
    return process


async def _reader(terminal: int) -> asyncio.StreamReader:
    """What comes from a terminal, until its last process has closed it: Linux calls that an input/output error."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            part = os.read(terminal, 32 * 1024)
        except OSError:
            part = b""
        if part:
            reader.feed_data(part)
        else:
            loop.remove_reader(terminal)
            reader.feed_eof()

    loop.add_reader(terminal, read)
    return reader
