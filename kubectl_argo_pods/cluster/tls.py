"""What TLS needs: which authority to trust, and the client's own certificate."""

from __future__ import annotations

import os
import ssl
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from kubectl_argo_pods.cluster.kubeconfig_files import Entry
from kubectl_argo_pods.errors import ConfigError
from kubectl_argo_pods.record import NamedTuple

# What a socket says that would have to wait, with TLS or without.
WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Certificate(NamedTuple):
    """A client certificate and its key, each a file's path or PEM bytes."""

    certificate: str | bytes
    key: str | bytes


class Context(ssl.SSLContext):
    """What the connections to one server go by.

    With a `session` (RFC 8446, section 2.2), the next of them takes up an earlier one: neither side proves once more
    who it is, which is most of the work at the beginning of a connection.
    """

    session: ssl.SSLSession | None = None


def open_context(entry: Entry) -> Context:
    """The trust that a kubeconfig's cluster entry describes; raises ConfigError."""
    # PROTOCOL_TLS_CLIENT, not create_default_context: from Python 3.13 that is strict about extensions that the
    # authorities of clusters lack, and it loads the system's authorities, which takes longer than all else here.
    context = Context(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["http/1.1"])
    if entry.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    context.hostname_checks_common_name = False
    # As Go does: an intermediate authority may be trusted without its root.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    _trust(context, entry)
    return context


def _trust(context: ssl.SSLContext, entry: Entry) -> None:
    data, path = entry.get("certificate-authority-data"), entry.get("certificate-authority")
    try:
        if data:
            # What is not ASCII is in comments.
            pem = decoded(data, "certificate-authority-data").decode("ascii", "ignore")
            context.load_verify_locations(cadata=pem)
        elif path:
            context.load_verify_locations(cafile=path)
        else:
            context.load_default_certs()
    except (OSError, ValueError) as error:
        what = "certificate-authority-data" if data else f'certificate-authority "{path}"'
        raise ConfigError(f"the kubeconfig's {what} cannot be used: {_why(error)}") from error


def decoded(data: object, field: str) -> bytes:
    """The bytes of a kubeconfig's base64 field; raises ConfigError."""
    try:
        return b64decode("".join(str(data).split()), validate=True)
    except (Base64Error, ValueError) as error:
        raise ConfigError(f"the kubeconfig's {field} is not base64") from error


def from_user(user: Entry) -> Certificate | None:
    """The client certificate of a kubeconfig's user entry, whose data goes before its files as in kubectl."""
    certificate = _bytes_or_path(user, "client-certificate")
    return Certificate(certificate, _bytes_or_path(user, "client-key")) if certificate else None


def _bytes_or_path(user: Entry, field: str) -> str | bytes:
    data = user.get(f"{field}-data")
    return decoded(data, f"{field}-data") if data else str(user.get(field) or "")


def load_certificate(context: ssl.SSLContext, certificate: Certificate) -> None:
    """Let the context show this certificate; raises ConfigError."""
    try:
        with ExitStack() as files:
            chain = files.enter_context(_as_file(certificate.certificate))
            key = files.enter_context(_as_file(certificate.key))
            # Without a password of ours OpenSSL would ask for one on the terminal.
            context.load_cert_chain(chain, key, password=_no_password)
    except (OSError, ValueError) as error:
        names = [f'"{name}"' for name in certificate if isinstance(name, str)] or ["what is configured as data"]
        raise ConfigError(f"the client certificate in {' and '.join(names)} cannot be used: {_why(error)}") from error


def _no_password() -> str:
    raise ValueError("its key is encrypted, which kubectl does not support either")


@contextmanager
def _as_file(source: str | bytes) -> Iterator[str]:
    """A path that OpenSSL can read the source at, without leaving a key on a disk where the system allows that."""
    if isinstance(source, str):
        with open(source, "rb"):
            yield source
    elif (descriptor := _memory()) is not None:
        try:
            os.write(descriptor, source)
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
    else:
        with _short_lived(source) as path:
            yield path


def _memory() -> int | None:
    """A file that is in memory only, of which OpenSSL can be told the name; None where there is no such thing."""
    try:
        return os.memfd_create("pem") if os.path.isdir("/proc/self/fd") else None
    except (AttributeError, OSError):
        return None


@contextmanager
def _short_lived(content: bytes) -> Iterator[str]:
    import tempfile

    descriptor, path = tempfile.mkstemp()  # which only its owner can read
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        yield path
    finally:
        os.unlink(path)


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        # OpenSSL has many words for a text that holds nothing between BEGIN and END.
        is_mismatch = "MISMATCH" in (error.reason or "")
        return "the key is another certificate's" if is_mismatch else "there is none in the PEM format"
    if isinstance(error, OSError):
        return f'"{error.filename}": {error.strerror}' if error.filename else str(error.strerror)
    return str(error)
