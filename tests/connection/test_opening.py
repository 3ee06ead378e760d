"""Whether an answer has begun, by what the socket says."""

from __future__ import annotations

import ssl
from socket import socket

import pytest

from kubectl_argo_pods.cluster.connection import Connection
from kubectl_argo_pods.cluster.opening import Opening


class Waiting(socket):
    """Has nothing to read yet, and says so in this way."""

    def __init__(self, says: OSError) -> None:
        super().__init__()
        self._says = says

    def recv(self, size: int, flags: int = 0) -> bytes:
        raise self._says


# TLS has to write where the server asks for new keys (RFC 8446, section 4.6.3).
@pytest.mark.parametrize("says", [BlockingIOError(), ssl.SSLWantReadError(), ssl.SSLWantWriteError()], ids=repr)
def test_what_would_have_to_wait_is_no_answer(says: OSError) -> None:
    with Waiting(says) as sock:
        assert not Opening(Connection(sock), bytes).has_answer()
