"""Workflows from a file or from stdin: manifests as kubectl, argo and the workflow archive write them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from kubectl_argo_pods.errors import ManifestError, NotFoundError, UsageError
from kubectl_argo_pods.sources import place_of
from kubectl_argo_pods.sources.kube import newest_first
from kubectl_argo_pods.workflow import Manifest, Workflow, WorkflowSummary, from_manifest


class FileSource:
    """The workflows of files, `-` for stdin, and directories, which are read when they are first asked for."""

    def __init__(self, files: Sequence[str]) -> None:
        self._files = files
        self._found: list[Workflow] | None = None

    def workflow(self, namespace: str, name: str, uid: str = "", since: str = "") -> Workflow:
        found = [each for each in self._workflows() if each.name == name and (not uid or each.uid == uid)]
        # The file says where its workflows live; a namespace only tells two of one name apart.
        found.sort(key=lambda workflow: (workflow.namespace != namespace, -(workflow.created_at or 0)))
        if not found:
            known = ", ".join(workflow.name for workflow in self._workflows()[:5])
            raise NotFoundError(
                f'workflow "{name}" not found in {place_of(self._files)}; {self._held} {known}', code=404
            )
        return found[0]

    def workflows(self, namespace: str | None, label_selector: str = "") -> list[WorkflowSummary]:
        """All workflows of the file, wherever they live."""
        if label_selector:
            raise UsageError("a label selector of workflows is for a cluster; it cannot be used with -f/--filename")
        return newest_first([_summary(workflow) for workflow in self._workflows()])

    def close(self) -> None:
        """The file is open only while it is read."""

    @property
    def _held(self) -> str:
        return "it holds" if len(self._files) == 1 else "they hold"

    def _workflows(self) -> list[Workflow]:
        if self._found is None:
            # Standard input, for one, can be read only once.
            read = dict.fromkeys(file for named in self._files for file in _files_of(named))
            parts = [(file, part) for file in read for part in _parts(file)]
            found = [_workflow(file, part) for file, part in parts if _is_workflow(part)]
            if not found:
                kinds = ", ".join(dict.fromkeys(str(part.get("kind") or "no kind") for _, part in parts)) or "nothing"
                verb = "holds" if len(self._files) == 1 else "hold"
                raise ManifestError(f"{place_of(self._files)} {verb} no Workflow, but {kinds}")
            self._found = found
        return self._found


# The files that kubectl reads of a directory (FileExtensions in k8s.io/cli-runtime/pkg/resource/builder.go).
EXTENSIONS = (".json", ".yaml", ".yml")


def _files_of(named: str) -> list[str]:
    """The file itself, or those of a directory, as kubectl reads it."""
    if not os.path.isdir(named):
        return [named]
    try:
        found = sorted(entry.path for entry in os.scandir(named) if entry.name.endswith(EXTENSIONS) and entry.is_file())
    except OSError as error:
        raise ManifestError(f'the directory "{named}" cannot be read: {error.strerror}') from error
    if not found:
        raise ManifestError(f'no file in "{named}" ends in {", ".join(EXTENSIONS[:-1])} or {EXTENSIONS[-1]}')
    return found


def _parts(file: str) -> list[Manifest]:
    try:
        return [part for document in parse(_read(file)) for part in expand(document)]
    except ManifestError as error:
        raise ManifestError(f"{place_of([file])} {error}") from error


def _workflow(file: str, manifest: Manifest) -> Workflow:
    try:
        return from_manifest(manifest)
    except ManifestError as error:
        raise ManifestError(f"{place_of([file])}: {error}") from error


def _read(filename: str) -> str:
    try:
        if filename == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        with open(filename, encoding="utf-8-sig") as file:
            return file.read()
    except FileNotFoundError as error:
        raise ManifestError("does not exist") from error
    except UnicodeDecodeError as error:
        raise ManifestError(f"is not text in UTF-8: byte {error.start} is none") from error
    except OSError as error:
        raise ManifestError(f"cannot be read: {error.strerror}") from error


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
