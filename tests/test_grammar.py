"""The quick parser and Typer read a command line alike; the quick parser takes nothing that Typer would refuse."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubectl_argo_pods import cli, grammar, grammar_table
from kubectl_argo_pods.calls import received
from kubectl_argo_pods.completion import table as completion_table
from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.grammar import Call
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.options.selection import Filters, Manifests
from kubectl_argo_pods.options.view import View


def test_the_tables_are_what_the_commands_declare() -> None:
    written = subprocess.run(
        [sys.executable, "-m", "kubectl_argo_pods.generate"], capture_output=True, text=True, check=True
    )
    tables = Path(grammar_table.__file__).read_text() + Path(completion_table.__file__).read_text()
    assert tables == written.stdout


# A command line, separated by blanks, with the words, and the values by group that it means.
READ: dict[str, tuple[str, tuple[str, ...], dict[str, dict[str, object]]]] = {
    "": ("list", (), {}),
    "wf": ("list", ("wf",), {}),
    "wf step": ("list", ("wf", "step"), {}),
    "wf one two three": ("list", ("wf", "one", "two", "three"), {}),
    "list": ("list", (), {}),
    "list wf": ("list", ("wf",), {}),
    "wf list": ("list", ("wf",), {}),
    "list wf step": ("list", ("wf", "step"), {}),
    "wf list step": ("list", ("wf", "step"), {}),
    "wf step list": ("list", ("wf", "step", "list"), {}),
    "list list": ("list", ("list",), {}),
    "wf/list": ("list", ("wf/list",), {}),
    "wf/version list": ("list", ("wf/version",), {}),
    "version": ("version", (), {}),
    "version extra": ("version", ("extra",), {}),
    "wf version": ("version", ("wf",), {}),
    "list version": ("list", ("version",), {}),
    "version list": ("version", ("list",), {}),
    "-- version": ("list", ("version",), {}),
    "-- list": ("list", ("list",), {}),
    "--": ("list", (), {}),
    "wf -- step": ("list", ("wf", "step"), {}),
    "wf -- -n foo": ("list", ("wf", "-n", "foo"), {}),
    "wf -- --foo": ("list", ("wf", "--foo"), {}),
    "wf -- -- x": ("list", ("wf", "--", "x"), {}),
    "-n foo -- -n": ("list", ("-n",), {"connection": {"namespace": "foo"}}),
    "-": ("list", ("-",), {}),
    "-f -": ("list", (), {"manifests": {"filename": ("-",)}}),
    "-f-": ("list", (), {"manifests": {"filename": ("-",)}}),
    "--filename=-": ("list", (), {"manifests": {"filename": ("-",)}}),
    "-f a -f b,c": ("list", (), {"manifests": {"filename": ("a", "b,c")}}),
    "-f - wf": ("list", ("wf",), {"manifests": {"filename": ("-",)}}),
    "-n foo": ("list", (), {"connection": {"namespace": "foo"}}),
    "-nfoo": ("list", (), {"connection": {"namespace": "foo"}}),
    "-n=foo": ("list", (), {"connection": {"namespace": "foo"}}),
    "-n==foo": ("list", (), {"connection": {"namespace": "=foo"}}),
    "-nfoo=bar": ("list", (), {"connection": {"namespace": "foo=bar"}}),
    "--namespace foo": ("list", (), {"connection": {"namespace": "foo"}}),
    "--namespace=foo": ("list", (), {"connection": {"namespace": "foo"}}),
    "--namespace=": ("list", (), {"connection": {"namespace": ""}}),
    "--namespace=a=b": ("list", (), {"connection": {"namespace": "a=b"}}),
    "-n list": ("list", (), {"connection": {"namespace": "list"}}),
    "-n version wf": ("list", ("wf",), {"connection": {"namespace": "version"}}),
    "-n -A": ("list", (), {"connection": {"namespace": "-A"}}),
    "-n --": ("list", (), {"connection": {"namespace": "--"}}),
    "-n --gone=false": ("list", (), {"connection": {"namespace": "--gone=false"}}),
    "-n -n=foo": ("list", (), {"connection": {"namespace": "-n=foo"}}),
    "-n one -n two": ("list", (), {"connection": {"namespace": "two"}}),
    "wf -n foo step": ("list", ("wf", "step"), {"connection": {"namespace": "foo"}}),
    "-n foo list wf": ("list", ("wf",), {"connection": {"namespace": "foo"}}),
    "wf -n foo list step": ("list", ("wf", "step"), {"connection": {"namespace": "foo"}}),
    "-A": ("list", (), {"filters": {"all_namespaces": True}}),
    "-Aw": ("list", (), {"filters": {"all_namespaces": True}, "view": {"watch": True}}),
    "-wA": ("list", (), {"filters": {"all_namespaces": True}, "view": {"watch": True}}),
    "-Anfoo": ("list", (), {"filters": {"all_namespaces": True}, "connection": {"namespace": "foo"}}),
    "-An foo": ("list", (), {"filters": {"all_namespaces": True}, "connection": {"namespace": "foo"}}),
    "-An=foo": ("list", (), {"filters": {"all_namespaces": True}, "connection": {"namespace": "foo"}}),
    "-A=false": ("list", (), {"filters": {"all_namespaces": False}}),
    "-Aw=false": ("list", (), {"filters": {"all_namespaces": True}, "view": {"watch": False}}),
    "--watch": ("list", (), {"view": {"watch": True}}),
    "--watch=true": ("list", (), {"view": {"watch": True}}),
    "--watch=false": ("list", (), {"view": {"watch": False}}),
    "--watch=T --gone=0": ("list", (), {"view": {"watch": True, "gone": False}}),
    "--watch --watch=false": ("list", (), {"view": {"watch": False}}),
    "--watch=false --watch": ("list", (), {"view": {"watch": True}}),
    "--no-headers": ("list", (), {"view": {"no_headers": True}}),
    "--no-headers=false": ("list", (), {"view": {"no_headers": False}}),
    "--watch wf": ("list", ("wf",), {"view": {"watch": True}}),
    "--secure=false": ("list", (), {"connection": {"secure": False}}),
    "-k -s host:2746": ("list", (), {"connection": {"insecure_skip_verify": True, "argo_server": "host:2746"}}),
    "-H a:b -H c:d": ("list", (), {"connection": {"header": ("a:b", "c:d")}}),
    "-H=a:b --header c=d": ("list", (), {"connection": {"header": ("a:b", "c=d")}}),
    "--phase Failed --phase Error,Running": ("list", (), {"filters": {"phase": ("Failed", "Error,Running")}}),
    "--template=": ("list", (), {"filters": {"template": ("",)}}),
    "--as me --as-group a --as-group=b": ("list", (), {"connection": {"as_": "me", "as_group": ("a", "b")}}),
    "wf @failed -o wide": ("list", ("wf", "@failed"), {"view": {"output": "wide"}}),
    "wf process(0:item-1)": ("list", ("wf", "process(0:item-1)"), {}),
    "wf -ojsonpath={.items[*].name}": ("list", ("wf",), {"view": {"output": "jsonpath={.items[*].name}"}}),
    "-o=jsonpath={.a}": ("list", (), {"view": {"output": "jsonpath={.a}"}}),
    "-l a=b,c!=d": ("list", (), {"filters": {"selector": "a=b,c!=d"}}),
    "-la=b": ("list", (), {"filters": {"selector": "a=b"}}),
    "logs wf --prefix train": ("logs", ("wf", "train"), {"view": {"prefix": "always"}}),
    "logs wf --prefix never train": ("logs", ("wf", "train"), {"view": {"prefix": "never"}}),
    "logs --prefix auto wf": ("logs", ("wf",), {"view": {"prefix": "auto"}}),
    "--prefix never wf logs": ("logs", ("wf",), {"view": {"prefix": "never"}}),
    "logs wf --prefix=false": ("logs", ("wf",), {"view": {"prefix": "never"}}),
    "logs wf --prefix=true never": ("logs", ("wf", "never"), {"view": {"prefix": "always"}}),
    "logs wf --prefix -- never": ("logs", ("wf", "never"), {"view": {"prefix": "always"}}),
    "étape ☃": ("list", ("étape", "☃"), {}),
}


@pytest.mark.parametrize("line", READ, ids=lambda line: line or "nothing")
def test_both_parsers_read_a_plain_line(line: str) -> None:
    expected = Call(*READ[line])
    assert (grammar.parse(line.split()), cli.read(line.split())) == (expected, expected)


def test_blanks_and_empty_words_come_through() -> None:
    line = ["", "two words", "-n", "", "-l", "a in (b, c)"]
    expected = Call(
        "list", ("", "two words"), {"connection": {"namespace": ""}, "filters": {"selector": "a in (b, c)"}}
    )
    assert (grammar.parse(line), cli.read(line)) == (expected, expected)


def test_a_command_receives_its_groups_with_their_defaults() -> None:
    call = grammar.parse(["wf", "-n", "foo", "--phase", "Failed"])
    assert call is not None
    assert received(call) == {
        "words": ("wf",),
        "manifests": Manifests(),
        "connection": Connection(namespace="foo"),
        "filters": Filters(phase=("Failed",)),
        "view": View(),
    }


REFUSED = [
    "logs wf --prefix=maybe",
    "wf --prefix",
    "--foo",
    "--foo=bar",
    "-x",
    "-Ax",
    "-n",
    "-An",
    "wf --namespace",
    "-H a:b -H",
    "--watch=maybe",
    "--watch=",
    "-w=2",
    "-Aw=no",
    "---namespace=a",
    "--names=a",
    "--version=1",
    "version -n foo",
    "version --watch",
    "--no-watch",
    "wf --no-secure",
    "--no-no-headers",
]


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_wrong_is_refused_by_both(line: str) -> None:
    assert grammar.parse(line.split()) is None
    with pytest.raises(UsageError):
        cli.read(line.split())


@pytest.mark.parametrize("line", ["-h", "--help", "wf --help", "version --help", "-Ah"])
def test_help_is_left_to_typer(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert grammar.parse(line.split()) is None
    assert cli.read(line.split()) is None
    assert capsys.readouterr().out.startswith("Usage: kubectl argo-pods")


PIECES = [
    *("wf", "list", "version", "wf/list", "", "-", "--", "---", "=", "-=", "--=", "-n", "-n=", "-n=a", "-na", "-n=-A"),
    *("--namespace", "--namespace=", "--namespace=--", "-A", "-Aw", "-wA=false", "-A=1", "-Anb", "-An", "-w=maybe"),
    *("--gone", "--gone=false", "--gone=T", "--gone=", "--no-headers", "--no-headers=0", "--no-gone", "--phase"),
    *(
        "--phase=a",
        "-H",
        "-H=",
        "-Hx:y",
        "-f",
        "-f-",
        "-k",
        "-ks",
        "-ks=h",
        "--secure=f",
        "--help",
        "-h",
        "--foo",
        "-x",
    ),
]
LINES = st.lists(st.sampled_from(PIECES) | st.text("-=Anwkh a", max_size=5), max_size=7)


@settings(max_examples=300)
@given(line=LINES)
def test_both_parsers_read_or_refuse_any_line_alike(line: list[str]) -> None:
    try:
        read = cli.read(line)
    except UsageError:
        read = None
    assert read == grammar.parse(line)
