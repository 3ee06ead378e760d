"""Unpack `status.compressedNodes` of a Workflow.

Argo packs the nodes of a large workflow as base64 of gzip, from v4.1 also of zstd or brotli, by the controller's
WORKFLOW_COMPRESSION_ALGORITHM (workflow/packer and util/file in argo-workflows).
"""

from __future__ import annotations

import binascii
import json
import zlib
from typing import Any

from kubectl_argo_pods.errors import ManifestError

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


def unpack_nodes(packed: str) -> dict[str, Any]:
    """The `nodes` of a Workflow's status; raises ManifestError."""
    try:
        nodes = json.loads(_decompress(binascii.a2b_base64(packed)))
    except (ValueError, zlib.error, EOFError) as error:
        raise ManifestError(f"the compressed nodes cannot be decoded: {error}") from error
    if not isinstance(nodes, dict):
        raise ManifestError("the compressed nodes are not a map of nodes")
    return nodes


def _decompress(blob: bytes) -> bytes:
    if blob.startswith(GZIP_MAGIC):
        return _gunzip(blob)
    if blob.startswith(ZSTD_MAGIC):
        return _unzstd(blob)
    # Brotli has no magic number: Argo, too, takes it to be whatever the other two are not.
    return _unbrotli(blob)


def _gunzip(blob: bytes) -> bytes:
    """Every member of a gzip stream (Argo's parallel gzip may write several); zlib alone, since `gzip` loads slowly."""
    parts = []
    while blob:
        member = zlib.decompressobj(wbits=31)
        parts.append(member.decompress(blob))
        if not member.eof:
            raise EOFError("it ends in the middle of its gzip stream")
        blob = member.unused_data
    return b"".join(parts)


def _unzstd(blob: bytes) -> bytes:
    try:
        import zstandard
    except ImportError as error:
        raise _missing("zstd", "zstandard") from error
    try:
        return zstandard.ZstdDecompressor().decompressobj().decompress(blob)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error


def _unbrotli(blob: bytes) -> bytes:
    try:
        import brotli
    except ImportError as error:
        raise _missing("brotli", "brotli") from error
    try:
        unpacked: bytes = brotli.decompress(blob)
    except brotli.error as error:
        raise ValueError("it is neither gzip, zstd nor brotli") from error
    return unpacked


def _missing(algorithm: str, package: str) -> ManifestError:
    return ManifestError(
        f"the nodes are compressed with {algorithm}, which needs the Python package {package}; "
        f"install it (pip install 'kubectl-argo-pods[{algorithm}]') or name an Argo Server with -s"
    )
