"""What the cluster said a moment ago, kept for this user alone, so that pressing TAB again costs no request."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress

from kubectl_argo_pods import __version__
from kubectl_argo_pods.record import NamedTuple

# Long enough for the words of one command line, short enough for nobody to notice.
FRESH = 5.0
# What is older is thrown away, even if a cluster cannot be reached.
KEPT = 86400.0


class Kept(NamedTuple):
    """What was kept, and how many seconds from now; before or after, since a clock may have been set back."""

    content: bytes
    age: float


class Cache:
    """Files by keys that only their owner can read; where that cannot be had, nothing is kept."""

    def __init__(self, given: str | None, environ: Mapping[str, str]) -> None:
        self._folder = _private(_folder(given, environ))

    def read(self, key: str) -> Kept | None:
        if not self._folder:
            return None
        with suppress(OSError):
            descriptor = os.open(self._path(key), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with open(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if _is_ours(status, 0o022):
                    return Kept(file.read(), _age(status))
        return None

    def write(self, key: str, content: bytes) -> None:
        if not self._folder:
            return
        temporary = f"{self._path(key)}.{os.getpid()}"
        with suppress(OSError):
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:
                file.write(content)
            os.replace(temporary, self._path(key))
        with suppress(OSError):
            self._forget()

    @contextmanager
    def turn(self, key: str) -> Iterator[None]:
        """Let one process at a time ask the cluster: a slow one, or its credential plugin, is not asked twice."""
        with ExitStack() as held:
            # Without a lock, or a place for one, each asks for itself.
            with suppress(ImportError, OSError):
                if self._folder:
                    held.enter_context(_locked(self._path(f"{key}.lock")))
            yield

    def _path(self, key: str) -> str:
        return os.path.join(self._folder, key)

    def _forget(self) -> None:
        for entry in os.scandir(self._folder):
            if _age(entry.stat(follow_symlinks=False)) > KEPT:
                os.unlink(entry.path)


@contextmanager
def _locked(path: str) -> Iterator[None]:
    import fcntl

    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _age(status: os.stat_result) -> float:
    return abs(time.time() - status.st_mtime)


def key_of(*parts: object) -> str:
    """A name for what the parts mean to this version, which tells nothing of them: there are credentials among them."""
    from hashlib import blake2b

    return blake2b(repr((__version__, *parts)).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _folder(given: str | None, environ: Mapping[str, str]) -> str:
    """Beside what kubectl keeps (k8s.io/cli-runtime/pkg/genericclioptions/config_flags.go)."""
    home = environ.get("HOME") or os.path.expanduser("~")
    return os.path.join(given or environ.get("KUBECACHEDIR") or os.path.join(home, ".kube", "cache"), "argo-pods")


def _private(folder: str) -> str:
    """The folder, made if need be; "" if others could read it or have put something there."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return folder if _is_ours(os.lstat(folder), 0o077) else ""
    except OSError:
        return ""


def _is_ours(status: os.stat_result, forbidden: int) -> bool:
    if not hasattr(os, "geteuid"):
        return True
    return status.st_uid == os.geteuid() and not stat.S_IMODE(status.st_mode) & forbidden
