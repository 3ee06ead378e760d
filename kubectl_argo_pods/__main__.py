"""The door: a plain command line goes straight to its command, everything else to `cli`; and the one place where an
error becomes a message and a status."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from kubectl_argo_pods import __version__

DEBUG = "KUBECTL_ARGO_PODS_DEBUG"


def main() -> NoReturn:
    """Run the command line of this process, and end it."""
    # What a short run allocates is gone with the process: looking for garbage costs 10 ms and finds none.
    gc.disable()
    status = run(sys.argv[1:])
    _leave(status)


def run(arguments: list[str]) -> int:
    """The exit status of a command line; its errors are printed."""
    if arguments == ["--version"]:
        print(f"kubectl-argo_pods {__version__}")
        return _flush()
    try:
        _make_streams_robust()
        return _call(arguments) or _flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough; kubectl is quiet, too.
        return _silence()
    except Exception as error:
        return _report(error)


def _call(arguments: list[str]) -> int:
    from kubectl_argo_pods import grammar

    call = grammar.parse(arguments)
    if call is None:
        from kubectl_argo_pods import cli

        return cli.run(arguments)
    from kubectl_argo_pods.calls import perform

    return perform(call)


def _make_streams_robust() -> None:
    """Any text can be printed, whatever the locale: names of nodes hold whatever their users put into them."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


def _report(error: Exception) -> int:
    from kubectl_argo_pods.errors import ArgoPodsError

    if os.environ.get(DEBUG):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, ArgoPodsError):
        return _say(f"error: {error}", error.status)
    if isinstance(error, OSError) and sys.stdout is not None and error.filename is None:
        return _say(f"error: cannot write the output: {error.strerror or error}", 1)
    name = type(error).__name__
    return _say(f"error: a bug in kubectl argo-pods: {name}: {error}; please report it with {DEBUG}=1 set", 1)


def _say(sentence: str, status: int) -> int:
    if sys.stderr is not None:
        print(sentence, file=sys.stderr)
    return status


def _flush() -> int:
    """Write out what is buffered, while an error still has somewhere to go."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _silence()
    except (OSError, ValueError) as error:
        return _say(f"error: cannot write the output: {getattr(error, 'strerror', None) or error}", 1)
    return 0


def _silence() -> int:
    """Turn stdout away from its closed pipe, so that nothing complains at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _leave(status: int) -> NoReturn:
    """End at once: taking the interpreter apart costs more than the list itself. What has to be tidied up still is."""
    import atexit

    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            pass
    atexit._run_exitfuncs()
    os._exit(status)


if __name__ == "__main__":
    main()
