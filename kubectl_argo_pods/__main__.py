"""The door: a plain command line goes straight to its command, everything else to `cli`; and the one place where an
error becomes a message and a status."""

from __future__ import annotations

import gc
import io
import os
import sys

from kubectl_argo_pods import __version__

# mypy knows this name; importing `typing` would take as long as the rest of `--version`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

DEBUG = "KUBECTL_ARGO_PODS_DEBUG"
# What scripts for the shells ask with. kubectl runs a program of its own for that: this one by another name.
COMPLETE = "__complete"
COMPLETE_TCSH = f"{COMPLETE}-tcsh"
COMPLETE_KUBECTL = f"{COMPLETE}-kubectl"
COMPLETER = "kubectl_complete-argo_pods"


def main() -> NoReturn:
    """Run the command line of this process, and end it."""
    # What a short run allocates is gone with the process: looking for garbage costs 10 ms and finds none.
    gc.disable()
    status = run(_arguments(sys.argv))
    _leave(status)


def _arguments(argv: list[str]) -> list[str]:
    name = os.path.basename(argv[0]).removesuffix(".exe")
    return [COMPLETE_KUBECTL, *argv[1:]] if name == COMPLETER else argv[1:]


class OutputError(Exception):
    """stdout took no more; its cause says why. Any other OSError is of something else."""


class Patient(io.FileIO):
    """The file below a stream, which waits for its reader also where another program has made it not block."""

    def write(self, written: Any) -> int:
        while (count := super().write(written)) is None:
            from kubectl_argo_pods.waiting import wait

            wait((), (self,), None)
        return count


class Stdout(Patient):
    """The file below stdout, whose errors can be told from all others."""

    def write(self, written: Any) -> int:
        try:
            return super().write(written)
        except OSError as error:
            raise OutputError from error


def run(arguments: list[str]) -> int:
    """The exit status of a command line; its errors are printed."""
    try:
        _open_streams()
        status = _call(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        # The terminal shows ^C there, and what comes next should not stand beside it.
        return _say("", 130) if sys.stderr.isatty() else 130
    except OutputError as error:
        return _report_output(error)
    except Exception as error:
        return _report(error)
    return status


def _call(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        sys.stdout.write(f"kubectl-argo_pods {__version__}\n")
        return 0
    if arguments and arguments[0].startswith(COMPLETE):
        return _complete(arguments)
    from kubectl_argo_pods import grammar, interrupts

    interrupts.listen()
    call = grammar.parse(arguments)
    if call is None:
        from kubectl_argo_pods import cli

        return cli.run(arguments)
    from kubectl_argo_pods.calls import perform

    return perform(call, os.environ)


def _complete(arguments: list[str]) -> int:
    silent = not os.environ.get(DEBUG)
    if arguments[0] == COMPLETE_KUBECTL:
        from kubectl_argo_pods.completion import kubectl

        return kubectl.give(arguments[1:], os.environ, silent=silent)
    if arguments[0] == COMPLETE_TCSH:
        from kubectl_argo_pods.completion import tcsh

        return tcsh.give(os.environ, silent=silent)
    from kubectl_argo_pods.completion import answer

    return answer.give(arguments[1:], os.environ, silent=silent)


def _open_streams() -> None:
    """Any text can be printed, whatever the locale: names of nodes hold whatever their users put into them."""
    # A stream that was closed before the start is None; its number must not come to mean a socket.
    sys.stdin = sys.stdin or os.fdopen(os.open(os.devnull, os.O_RDONLY))
    descriptor = sys.stdout.fileno() if sys.stdout else os.open(os.devnull, os.O_RDONLY)
    buffer = io.BufferedWriter(Stdout(descriptor, "w", closefd=False))
    sys.stdout = _text(buffer, line_buffering=os.isatty(descriptor))
    errors = Patient(sys.stderr.fileno(), "w", closefd=False) if sys.stderr else io.FileIO(os.devnull, "w")
    sys.stderr = _text(io.BufferedWriter(errors), line_buffering=True)


def _text(buffer: Any, line_buffering: bool) -> io.TextIOWrapper:
    # kubectl, too, ends its lines on Windows as everywhere.
    return io.TextIOWrapper(buffer, "utf-8", errors="backslashreplace", newline="\n", line_buffering=line_buffering)


def _report(error: Exception) -> int:
    from contextlib import suppress

    from kubectl_argo_pods.errors import ArgoPodsError

    # What was printed before the error stands before it, wherever the two meet.
    with suppress(OutputError):
        sys.stdout.flush()
    if os.environ.get(DEBUG):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, ArgoPodsError):
        return _say(f"error: {error}", error.status)
    if isinstance(error, RecursionError):
        return _say("error: the workflow, or what a server answered, is nested too deeply to be read", 1)
    name = type(error).__name__
    return _say(f"error: a bug in kubectl argo-pods: {name}: {error}; please report it with {DEBUG}=1 set", 1)


def _report_output(error: OutputError) -> int:
    cause = error.__cause__
    # Whoever read our output has seen enough; kubectl is quiet, too.
    if isinstance(cause, BrokenPipeError):
        return 0
    return _say(f"error: cannot write the output: {getattr(cause, 'strerror', None) or cause}", 1)


def _say(sentence: str, status: int) -> int:
    try:
        print(_harmless(sentence), file=sys.stderr)
    except OSError:
        # The status still says what happened.
        return status
    return status


def _harmless(sentence: str) -> str:
    """The lines of a sentence that may quote a server, with nothing in them that a terminal would obey."""
    if sentence.isascii() and sentence.isprintable():
        return sentence
    from kubectl_argo_pods.output.table import disarmed

    return "\n".join(map(disarmed, sentence.split("\n")))


def _leave(status: int) -> NoReturn:
    """End at once: taking the interpreter apart costs more than the list itself. What has to be tidied up still is."""
    import atexit

    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OutputError, OSError, ValueError):
            continue
    atexit._run_exitfuncs()
    os._exit(status)


if __name__ == "__main__":
    main()
