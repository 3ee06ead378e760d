"""What `-o` may say, as a value."""

from __future__ import annotations

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.record import NamedTuple

TABLES = ("", "table", "wide")
# Formats that stand alone, and those that need an argument after `=`.
PLAIN = ("csv", "json", "name", "table", "wide", "yaml")
TEMPLATES = ("custom-columns", "custom-columns-file", "jsonpath", "jsonpath-as-json", "jsonpath-file")


class Format(NamedTuple):
    """A format and its argument: `jsonpath={.a}` is ("jsonpath", "{.a}"); ("", "") is the table."""

    kind: str = ""
    argument: str = ""

    @property
    def is_table(self) -> bool:
        return self.kind in TABLES


def parse_format(value: str | None) -> Format:
    """The format of `-o VALUE`; raises UsageError in kubectl's words. A file that it names is not read yet."""
    kind, _, argument = (value or "").partition("=")
    if not value:
        return Format()
    if value.lower() in PLAIN:
        return Format(value.lower())
    if kind not in TEMPLATES:
        allowed = ",".join(sorted(PLAIN + TEMPLATES))
        raise UsageError(
            f'unable to match a printer suitable for the output format "{value}", allowed formats are: {allowed}'
        )
    if not argument:
        raise UsageError(_WITHOUT_ARGUMENT[kind.partition("-")[0]].format(kind=kind))
    return Format(kind, argument)


_WITHOUT_ARGUMENT = {
    "custom": "{kind} format specified but no custom columns given",
    "jsonpath": "template format specified but no template given; write -o {kind}=TEMPLATE",
}


def read_argument(format_: Format) -> Format:
    """The same format with the text of the file that a `-file` format names, checked; raises UsageError."""
    if format_.kind.endswith("-file"):
        format_ = _with_text(format_)
    if format_.kind in TEMPLATES:
        _check(format_)
    return format_


def _with_text(format_: Format) -> Format:
    try:
        with open(format_.argument, encoding="utf-8") as file:
            text = file.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f'cannot read "{format_.argument}" for -o {format_.kind}: {reason}') from error
    # The two lines of a columns file are not the comma-separated list of a command line.
    return Format("jsonpath", text) if format_.kind == "jsonpath-file" else Format(format_.kind, text)


def _check(format_: Format) -> None:
    """Raise UsageError for a template that is wrong, before anybody waits for an answer."""
    if format_.kind.startswith("custom-columns"):
        from kubectl_argo_pods.output.custom_columns import columns_of

        columns_of(*format_)
    else:
        from kubectl_argo_pods.output.jsonpath import relaxed
        from kubectl_argo_pods.output.jsonpath_parser import parse_template

        parse_template(relaxed(format_.argument))
