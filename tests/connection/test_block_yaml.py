from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kubectl_argo_pods.cluster import block_yaml

KUBECTL = """\
apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: LS0tLS1CRUdJTg==
    server: https://10.0.0.1:6443
  name: dev
contexts:
- context:
    cluster: dev
    namespace: argo
    user: admin@dev
  name: dev
current-context: dev
kind: Config
preferences: {}
users:
- name: admin@dev
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args:
      - --region
      - eu-west-1
      - eks
      command: aws
      env: null
      interactiveMode: IfAvailable
      provideClusterInfo: false
"""
ONE_LINE = """\
clusters: [{name: dev, cluster: {server: "https://127.0.0.1", certificate-authority: '/pki/ca.crt'}}]
users: [{name: admin, user: {}}]  # nobody
contexts: []
"""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(KUBECTL, id="as kubectl writes it"),
        pytest.param(ONE_LINE, id="flow collections on one line"),
        pytest.param(json.dumps(yaml.safe_load(KUBECTL), indent=2), id="as JSON"),
        pytest.param(KUBECTL.replace("\n", "\r\n"), id="with Windows' line ends"),
        pytest.param("---\n# a comment\n\na: 'it''s'  # so\nb:\n  - 1\n  - -7\n", id="comments, numbers and quotes"),
        pytest.param("", id="nothing"),
    ],
)
def test_plain_kubeconfigs_are_read_without_pyyaml(text: str) -> None:
    assert block_yaml.load(text) == yaml.safe_load(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: &x 1\nb: *x\n", id="anchors"),
        pytest.param("a: !!str 1\n", id="tags"),
        pytest.param("a: |\n  text\n", id="block scalars"),
        pytest.param("a: one\n  two\n", id="a scalar on two lines"),
        pytest.param('a: "one\n  two"\n', id="a quoted scalar on two lines"),
        pytest.param("a: yes\n", id="YAML 1.1's booleans"),
        pytest.param("a: 1_000\n", id="YAML 1.1's numbers"),
        pytest.param("a: 190:20:30\n", id="sexagesimal numbers"),
        pytest.param("a: 2001-12-14\n", id="dates"),
        pytest.param("a: 0x1F\n", id="hexadecimal numbers"),
        pytest.param("a: 1.5\n", id="floats"),
        pytest.param("a: b: c\n", id="a mapping where none may be"),
        pytest.param("a: 1\n---\na: 2\n", id="two documents"),
        pytest.param("a:\n\t- 1\n", id="tabs"),
        pytest.param("a: \u00e9\n", id="anything but ASCII"),
        pytest.param("? a\n: b\n", id="complex keys"),
        pytest.param("<<: {a: 1}\n", id="merge keys"),
    ],
)
def test_anything_else_is_left_to_pyyaml(text: str) -> None:
    with pytest.raises(block_yaml.NotPlain):
        block_yaml.load(text)


ODD = [
    "yes",
    "No",
    "~",
    "null",
    "1e3",
    "0o7",
    "07",
    "-",
    "--x",
    "- x",
    "a b",
    "a: b",
    "a #b",
    "#",
    "'",
    '"',
    "''",
    "a'b",
    "{}",
    "[]",
    "{a: 1}",
    "[1, b]",
    "1:30",
    "=",
    "<<",
    "*x",
    "&x",
    "|",
    ">",
    "%",
    "@",
    ".",
    "...",
    "---",
    ".inf",
    "-.inf",
    "12h",
    "https://[::1]:6443",
    "2024-01-01T00:00:00Z",
    "0x",
    "1_",
    "+1",
    "-0",
    "a:",
    ":a",
    "?",
    "? a",
    ",",
    "!",
    "~/x",
    "\\",
]
plain = st.sampled_from(
    ["dev", "https://10.0.0.1:6443", "/pki/ca.crt", "true", "12", '"a b"', "'it''s'", "[]", "{a: b}"]
)
odd = st.one_of(
    st.sampled_from(ODD),
    st.text(alphabet="abgxyz019-_.:/ #'\"[]{},=&*!|>%@\\~?", max_size=8),
    st.integers().map(str),
)
# Mostly plain ones, or nothing would be accepted that could be compared.
scalars = st.sampled_from([plain] * 9 + [odd]).flatmap(lambda kind: kind)
keys = st.sampled_from(["name", "cluster", "a-b", "a.b/c", "x1", "on", "1", "a b", "~"])


def block(value: Any, indent: int, sequence_indent: int) -> str:
    """The value as tools write it, with its scalars as they are: good YAML or not."""
    pad = " " * indent
    if isinstance(value, list):
        lines = [block(item, indent + 2, sequence_indent) for item in value]
        return "".join(f"{pad}- {line[indent + 2 :]}" for line in lines) or f"{pad}[]\n"
    if isinstance(value, dict):
        parts = []
        for key, item in value.items():
            if isinstance(item, str):
                parts.append(f"{pad}{key}: {item}\n")
            else:
                step = sequence_indent if isinstance(item, list) else 2
                parts.append(f"{pad}{key}:\n{block(item, indent + step, sequence_indent)}")
        return "".join(parts) or f"{pad}{{}}\n"
    return f"{pad}{value}\n"


trees = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=8,
)
documents = st.builds(block, st.dictionaries(keys, trees, max_size=4), st.just(0), st.sampled_from([0, 2]))
flows = st.text(alphabet="ab01:, []{}'\"#-", max_size=20).map(lambda text: f"a: [{text}]\n")
lines = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["a:", "a: b", "- a", "- a: b", "-", "b", "# c", "- - a", ""]))
)
texts = lines.map(lambda found: "".join(f"{' ' * indent}{content}\n" for indent, content in found))


@settings(max_examples=600)
@given(st.one_of(documents, flows, texts, trees.map(lambda tree: json.dumps(tree))))
def test_what_is_read_is_what_pyyaml_reads(text: str) -> None:
    try:
        value = block_yaml.load(text)
    except block_yaml.NotPlain:
        return
    expected = yaml.load(text, Loader=yaml.CSafeLoader)
    assert (value, repr(value)) == (expected, repr(expected))
