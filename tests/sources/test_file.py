from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_argo_pods.cluster.kubeconfig import Overrides
from kubectl_argo_pods.errors import ArgoPodsError, ManifestError, NotFoundError
from kubectl_argo_pods.sources import ArgoServerFlags, PodQuery, open_source
from kubectl_argo_pods.sources.file import FileSource
from kubectl_argo_pods.sources.snapshot import Snapshot, snapshot
from tests import builders

ONE, TWO = builders.workflow("one", builders.node("one", ".a")), builders.workflow("two", namespace="other")
BARE = {key: value for key, value in ONE.items() if key not in ("kind", "apiVersion")}
TEMPLATE = {"apiVersion": "argoproj.io/v1alpha1", "kind": "WorkflowTemplate", "metadata": {"name": "t"}}


def source(tmp_path: Path, text: str) -> FileSource:
    path = tmp_path / "workflows"
    path.write_text(text)
    return FileSource([str(path)])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(json.dumps(ONE), ["one"], id="JSON"),
        pytest.param(yaml.safe_dump(ONE), ["one"], id="YAML"),
        pytest.param("# so\n---\n" + yaml.safe_dump_all([ONE, TWO]), ["one", "two"], id="several documents"),
        pytest.param(json.dumps(ONE) + "\n" + json.dumps(TWO) + "\n", ["one", "two"], id="several documents of JSON"),
        pytest.param(json.dumps({"kind": "List", "items": [ONE, TEMPLATE, TWO]}), ["one", "two"], id="a List"),
        pytest.param(json.dumps({"kind": "WorkflowList", "items": [ONE]}), ["one"], id="a WorkflowList"),
        pytest.param(json.dumps([ONE, TWO]), ["one", "two"], id="an array"),
        pytest.param(json.dumps(BARE), ["one"], id="as the archive gives it, without a kind"),
        pytest.param(json.dumps({"workflow": json.dumps(ONE)}), ["one"], id="a record of the archive's table"),
        pytest.param("\ufeff" + json.dumps(ONE), ["one"], id="with a byte order mark"),
    ],
)
def test_workflows_are_read_from_what_the_tools_write(tmp_path: Path, text: str, names: list[str]) -> None:
    assert [each.name for each in source(tmp_path, text).workflows(None)] == names


def test_a_workflow_of_yaml_is_the_one_of_json_whether_its_times_are_quoted_or_not(tmp_path: Path) -> None:
    quoted = yaml.safe_dump(ONE)
    expected = source(tmp_path, json.dumps(ONE)).workflow("argo", "one")
    assert source(tmp_path, quoted).workflow("argo", "one") == expected
    assert source(tmp_path, quoted.replace("'", "")).workflow("argo", "one") == expected


def test_a_namespace_tells_workflows_of_one_name_apart(tmp_path: Path) -> None:
    text = json.dumps([builders.workflow("one", namespace="b"), ONE])
    found = source(tmp_path, text)
    assert [found.workflow(namespace, "one").namespace for namespace in ("argo", "b", "c")] == ["argo", "b", "b"]


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        pytest.param(
            '{"a": 1\n',
            ManifestError,
            "\"FILE\" is not JSON: Expecting ',' delimiter at line 2, column 1",
            id="bad JSON",
        ),
        pytest.param(
            "a: [1\nb: 2\n",
            ManifestError,
            "\"FILE\" is not YAML: did not find expected ',' or ']' at line 2, column 2",
            id="bad YAML",
        ),
        pytest.param(
            "just text", ManifestError, '"FILE" is no manifest: it holds a str where a map is expected', id="a text"
        ),
        pytest.param(
            json.dumps(TEMPLATE), ManifestError, '"FILE" holds no Workflow, but WorkflowTemplate', id="another kind"
        ),
        pytest.param("", ManifestError, '"FILE" holds no Workflow, but nothing', id="nothing"),
        pytest.param("[" * 100000, ManifestError, '"FILE" is nested too deeply', id="a deep nest"),
        pytest.param(
            json.dumps(ONE | {"status": []}) + json.dumps(ONE | {"status": [1]}),
            ManifestError,
            '"FILE": "status" of workflow "one" is not a map',
            id="a workflow that makes no sense",
        ),
        pytest.param(
            json.dumps(TWO), NotFoundError, 'workflow "one" not found in "FILE"; it holds two', id="another workflow"
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(
    tmp_path: Path, text: str, kind: type[ArgoPodsError], sentence: str
) -> None:
    with pytest.raises(ArgoPodsError) as caught:
        source(tmp_path, text).workflow("argo", "one")
    said = str(caught.value).replace(str(tmp_path / "workflows"), "FILE")
    assert (type(caught.value), said) == (kind, sentence)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(ManifestError, match='^"/no/such/file" does not exist$'):
        FileSource(["/no/such/file"]).workflows(None)


def test_several_files_and_directories_are_read_as_one(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "two.yml").write_text(yaml.safe_dump(TWO))
    (folder / "template.json").write_text(json.dumps(TEMPLATE))
    (folder / "notes.txt").write_text("no manifest: [")
    one = tmp_path / "one.json"
    one.write_text(json.dumps(ONE))
    found = FileSource([str(one), str(folder), str(one)])
    assert {each.name for each in found.workflows(None)} == {"one", "two"}
    with pytest.raises(NotFoundError, match=f'^workflow "x" not found in "{one}", "{folder}", .*they hold one, two$'):
        found.workflow("argo", "x")


def test_a_directory_without_manifests_is_none(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=f'^no file in "{tmp_path}" ends in .json, .yaml or .yml$'):
        FileSource([str(tmp_path)]).workflows(None)


def test_without_a_cluster_there_are_no_pods_and_nothing_to_say_about_them(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(ONE))
    sources = open_source(Overrides(), ArgoServerFlags(), (str(path),), {"KUBECONFIG": "/dev/null"})
    expected = Snapshot(sources.workflows.workflow("argo", "one"), None, [])
    assert snapshot(sources, "argo", "one", PodQuery(), 0.0) == expected


def test_fifty_megabytes_take_a_few_seconds(tmp_path: Path) -> None:
    padding = "x" * 10000
    nodes: list[Any] = [builders.node("big", f".n{number}", message=padding) for number in range(5000)]
    text = json.dumps(builders.workflow("big", *nodes))
    assert len(text) > 50_000_000
    found = source(tmp_path, text)
    started = time.monotonic()
    assert len(found.workflow("argo", "big").nodes) == 5000
    assert time.monotonic() - started < 10
