from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kubectl_argo_pods.output.formats import Format
from kubectl_argo_pods.output.go_text import to_indented_json
from kubectl_argo_pods.output.go_yaml import write_yaml
from kubectl_argo_pods.output.records import print_csv, print_items
from tests.output.real_kubectl import get_pods, needs_kubectl, print_local

TEXTS = [
    *("", "on", "Off", "yes", "N", "y", "True", "null", "~", "1", "-1", "1_000", "0o7", "0777", "089", "0x1F", "0b1"),
    *("1e3", "1.5", ".5", "5.", ".", ".inf", ".NaN", "+1", "1.2.3", "v1", "12:30:45", "1:2", "2026-05-04", "a:", "- a"),
    *(
        "2026-05-04T10:00:00Z",
        "2026-5-4 1:2:3",
        "2026",
        "-",
        "?",
        "*a",
        "&a",
        "!x",
        "%a",
        "@a",
        "`a`",
        "{a}",
    ),
    *("a: b", "a #b", "#a", " a", "a ", "it's", 'say "x"', "a, b", "> a", "| a", "---", "a\\b", "a\tb", "é日本", "😀"),
    *("a\nb", "a\nb\n", "a\n\n", "\n", "  a\nb", "a \nb", "a\r\nb", "\x1b[31m", "a\u2028b", "<&>"),
    "a sentence that is so long that it does not fit into the eighty columns that libyaml leaves for a line of text",
]
KEYS = [
    "a10",
    "a2",
    "a02",
    "a.b",
    "a_b",
    "aB",
    "a-b",
    "a/b",
    "A",
    "_",
    "0",
    "10",
    "2",
    "x100",
    "x20",
    "on",
    "1.5",
]
MANIFEST: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Example",
    "metadata": {"name": "a", "labels": {}},
    "texts": TEXTS,
    "keys": {key: place for place, key in enumerate(KEYS)},
    "values": [1, -3, 1.5, 2.0, 1e30, True, False, None, [], {}, [[1, [2]], {}], {"a": [{"b": [1]}]}],
}


def as_yaml(value: Any) -> str:
    stream = io.StringIO()
    write_yaml(stream, value)
    return stream.getvalue()


@needs_kubectl
def test_yaml_is_kubectls_to_the_byte(tmp_path: Path) -> None:
    assert as_yaml(MANIFEST) == print_local(MANIFEST, "yaml", tmp_path).stdout


@needs_kubectl
def test_json_is_kubectls_to_the_byte(tmp_path: Path) -> None:
    assert to_indented_json(MANIFEST) + "\n" == print_local(MANIFEST, "json", tmp_path).stdout


@needs_kubectl
@pytest.mark.parametrize("format_", ["json", "yaml"])
def test_a_list_is_wrapped_as_kubectl_does(format_: str, tmp_path: Path) -> None:
    pod = {"kind": "Pod", "apiVersion": "v1"}
    items = [
        pod | {"metadata": {"name": "one", "namespace": "default"}},
        pod | {"metadata": {"name": "two", "namespace": "default"}},
    ]
    answer = {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": items}
    stream = io.StringIO()
    print_items(stream, items, Format(format_))
    assert stream.getvalue() == get_pods(answer, "-o", format_, home=tmp_path).stdout


def test_one_item_and_none_are_lists_too() -> None:
    for items in ([], [{"kind": "NodePod"}]):
        stream = io.StringIO()
        print_items(stream, items, Format("json"))
        wrapped = {"apiVersion": "v1", "kind": "List", "items": items, "metadata": {"resourceVersion": ""}}
        assert json.loads(stream.getvalue()) == wrapped


# Where kubectl fails or changes the text on its way: it reads its own JSON as YAML.
BROKEN_IN_KUBECTL = ["a\x7fb", "a\x85b", "\ufeffa", "2026-13-45", "<<", "="]

texts = st.text() | st.sampled_from(TEXTS + BROKEN_IN_KUBECTL)
# PyYAML reads a number with an exponent but no point, which is how Go writes it, as text.
numbers = st.floats(-1e9, 1e9).filter(lambda number: "e" not in repr(number))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | numbers | texts,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(texts, children, max_size=3),
)


@given(values)
def test_yaml_reads_back_as_what_it_was(value: Any) -> None:
    assert yaml.safe_load(as_yaml({"value": value})) == {"value": value}


@given(values)
def test_json_reads_back_as_what_it_was(value: Any) -> None:
    assert json.loads(to_indented_json(value)) == value


def test_csv_quotes_what_needs_it_and_ends_lines_as_rfc_4180_says() -> None:
    rows = [("a,b", 'say "x"', "two\nlines"), ("c", "", "é")]
    stream = io.StringIO(newline="")
    print_csv(stream, ["A", "B", "C"], rows)
    assert stream.getvalue() == 'A,B,C\r\n"a,b","say ""x""","two\nlines"\r\nc,,é\r\n'
    assert list(csv.reader(io.StringIO(stream.getvalue(), newline=""))) == [["A", "B", "C"], *map(list, rows)]


def test_a_table_needs_none_of_the_other_formats() -> None:
    program = """
import sys
before = set(sys.modules)
import kubectl_argo_pods.output.listing, kubectl_argo_pods.output.style
heavy = {"yaml", "csv", "decimal", "unicodedata"} | {
    "kubectl_argo_pods.output." + name for name in ("jsonpath", "custom_columns", "go_yaml", "go_text", "sort")
}
print(sorted(heavy & (set(sys.modules) - before)))
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"
