"""Workflows from a file or from stdin: manifests as kubectl, argo and the workflow archive write them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from kubectl_argo_pods.errors import ManifestError, NotFoundError, UsageError
from kubectl_argo_pods.sources.kube import newest_first
from kubectl_argo_pods.workflow import Manifest, Workflow, WorkflowSummary, from_manifest


class FileSource:
    """The workflows of one file, `-` for stdin, which is read when it is first asked for."""

    def __init__(self, filename: str) -> None:
        self._filename = filename
        self._found: list[Workflow] | None = None

    def workflow(self, namespace: str, name: str, uid: str = "") -> Workflow:
        found = [each for each in self._workflows() if each.name == name and (not uid or each.uid == uid)]
        # The file says where its workflows live; a namespace only tells two of one name apart.
        found.sort(key=lambda workflow: (workflow.namespace != namespace, -(workflow.created_at or 0)))
        if not found:
            known = ", ".join(workflow.name for workflow in self._workflows()[:5])
            raise NotFoundError(f'workflow "{name}" not found in {self._place}; it holds {known}', code=404)
        return found[0]

    def workflows(self, namespace: str | None, label_selector: str = "") -> list[WorkflowSummary]:
        """All workflows of the file, wherever they live."""
        if label_selector:
            raise UsageError("a label selector of workflows is for a cluster; it cannot be used with -f/--filename")
        return newest_first([_summary(workflow) for workflow in self._workflows()])

    def close(self) -> None:
        """The file is open only while it is read."""

    @property
    def _place(self) -> str:
        return "the manifest on stdin" if self._filename == "-" else f'"{self._filename}"'

    def _workflows(self) -> list[Workflow]:
        if self._found is None:
            self._found = [self._workflow(manifest) for manifest in self._manifests()]
        return self._found

    def _workflow(self, manifest: Manifest) -> Workflow:
        try:
            return from_manifest(manifest)
        except ManifestError as error:
            raise ManifestError(f"{self._place}: {error}") from error

    def _manifests(self) -> list[Manifest]:
        try:
            objects = [part for document in parse(_read(self._filename)) for part in expand(document)]
        except ManifestError as error:
            raise ManifestError(f"{self._place} {error}") from error
        found = [manifest for manifest in objects if _is_workflow(manifest)]
        if not found:
            kinds = (
                ", ".join(dict.fromkeys(str(manifest.get("kind") or "no kind") for manifest in objects)) or "nothing"
            )
            raise ManifestError(f"{self._place} holds no Workflow, but {kinds}")
        return found


def _read(filename: str) -> str:
    try:
        if filename == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        with open(filename, encoding="utf-8-sig") as file:
            return file.read()
    except FileNotFoundError as error:
        raise UsageError(f'the file "{filename}" does not exist') from error
    except UnicodeDecodeError as error:
        raise ManifestError(f"is not text in UTF-8: byte {error.start} is none") from error
    except OSError as error:
        raise UsageError(f'the file "{filename}" cannot be read: {error.strerror}') from error


def parse(text: str) -> list[Any]:
    """The documents of a text of JSON or YAML; raises ManifestError."""
    try:
        return _parse_json(text) if text.lstrip()[:1] in ("{", "[") else _parse_yaml(text)
    except RecursionError as error:
        raise ManifestError("is nested too deeply") from error


def _parse_json(text: str) -> list[Any]:
    decoder = json.JSONDecoder()
    documents, end = [], 0
    try:
        while end < len(text):
            document, end = decoder.raw_decode(text, end)
            documents.append(document)
            end += len(text[end : end + 4096]) - len(text[end : end + 4096].lstrip())
    except json.JSONDecodeError as error:
        raise ManifestError(f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    return documents


def _parse_yaml(text: str) -> list[Any]:
    from kubectl_argo_pods.yaml_documents import YamlError, documents

    try:
        return documents(text)
    except YamlError as error:
        where = f" at line {error.line}, column {error.column}" if error.line else ""
        raise ManifestError(f"is not YAML: {error}{where}") from error


def expand(document: Any) -> Iterator[Manifest]:
    """The manifests of a document: a list's items, and what the archive's records wrap."""
    if isinstance(document, list):
        for item in document:
            yield from expand(item)
        return
    if not isinstance(document, dict):
        raise ManifestError(f"is no manifest: it holds a {type(document).__name__} where a map is expected")
    if isinstance(document.get("items"), list):
        yield from expand(document["items"])
    elif "workflow" in document and "kind" not in document:
        yield from expand(_unwrapped(document["workflow"]))
    else:
        yield document


def _unwrapped(workflow: Any) -> Any:
    """Rows of the archive's table hold the manifest as a text of JSON."""
    return _parse_json(workflow) if isinstance(workflow, str) else workflow


def _is_workflow(manifest: Manifest) -> bool:
    kind = manifest.get("kind")
    # The archive and the Argo Server leave out the kind.
    return kind == "Workflow" or (not kind and isinstance(manifest.get("metadata"), dict) and "status" in manifest)


def _summary(workflow: Workflow) -> WorkflowSummary:
    return WorkflowSummary(
        workflow.namespace,
        workflow.name,
        workflow.uid,
        workflow.phase,
        workflow.created_at,
        workflow.message,
        workflow.labels,
    )
