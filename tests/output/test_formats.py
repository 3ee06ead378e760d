from __future__ import annotations

from pathlib import Path

import pytest

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.output.formats import Format, parse_format, read_argument


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, Format("", "")),
        ("", Format("", "")),
        ("wide", Format("wide")),
        ("JSON", Format("json")),
        ("yaml", Format("yaml")),
        ("name", Format("name")),
        ("csv", Format("csv")),
        ("jsonpath={.items[?(@.a=='b')]}", Format("jsonpath", "{.items[?(@.a=='b')]}")),
        ("custom-columns=A:.a,B:.b", Format("custom-columns", "A:.a,B:.b")),
        ("jsonpath-file=x=y", Format("jsonpath-file", "x=y")),
    ],
)
def test_a_format_is_a_kind_and_its_argument(value: str | None, expected: Format) -> None:
    assert parse_format(value) == expected


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (
            "jsn",
            'unable to match a printer suitable for the output format "jsn", allowed formats are: csv,custom-columns,'
            "custom-columns-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,table,wide,yaml",
        ),
        ("jsonpath", "template format specified but no template given; write -o jsonpath=TEMPLATE"),
        ("jsonpath-file=", "template format specified but no template given; write -o jsonpath-file=TEMPLATE"),
        ("custom-columns=", "custom-columns format specified but no custom columns given"),
    ],
)
def test_a_wrong_format_is_named(value: str, sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_format(value)
    assert str(raised.value) == sentence


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "template"
    file.write_text("{.kind}")
    assert read_argument(parse_format(f"jsonpath-file={file}")) == Format("jsonpath", "{.kind}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        read_argument(Format("jsonpath-file", f"{tmp_path}/missing"))
    assert str(raised.value) == f'cannot read "{tmp_path}/missing" for -o jsonpath-file: No such file or directory'


def test_a_wrong_template_is_told_before_anything_is_asked_for() -> None:
    with pytest.raises(UsageError, match="unclosed action"):
        read_argument(Format("jsonpath", "{.kind"))
    with pytest.raises(UsageError, match="expected <header>:<json-path-expr>"):
        read_argument(Format("custom-columns", "NAME"))
