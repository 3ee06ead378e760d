"""Help as text, from what the commands and their options declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import fill, wrap
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from kubectl_argo_pods.options import Option
from kubectl_argo_pods.record import NamedTuple

PROGRAM = "kubectl argo-pods"
WIDTH = 80
# Where the text of an option begins at the latest; longer names stand on a line of their own.
COLUMN = 34
# How a workflow and its nodes may be named, in every command.
WORDS = {
    "WORKFLOW": {
        "NAME, wf/NAME": "the workflow of this name; wf/NAME where the name is a command's",
        "UID": "the workflow of this uid, where a name has been used again",
        "@latest, @failed, @running": "the newest workflow, the newest that failed, the newest that runs",
        "'GLOB'": "the workflows whose names match",
    },
    "NODE": {
        "train, 'process(0:item-1)'": (
            "the node of this display name; a retry means its last attempt, a DAG or Steps the pods under it"
        ),
        "'train(0)'": "one attempt of a retry, one item of a loop",
        "wf.etl.train, etl.train": "a node's own name, or the tail of it",
        "node/NAME": "either name, where it is a command's, too",
        "POD, pod/NAME, NODE-ID": "the node of this pod, or of this id",
        "'GLOB'": "the nodes and pods whose names match",
        "template:GLOB": "the nodes of these templates",
        "param:NAME=VALUE": "the nodes with this input parameter",
        "@failed, @running, @pending, @succeeded": "the nodes in this phase; @failed includes Error",
        "@first-failed, @last": "the node that failed first; the one that started last",
    },
}
VARIABLES = {
    "KUBECONFIG, KUBERNETES_MASTER, KUBERC, KUBECACHEDIR": "what they mean to kubectl",
    "HTTPS_PROXY, HTTP_PROXY, NO_PROXY": "what they mean to kubectl",
    "ARGO_SERVER, ARGO_TOKEN, ARGO_NAMESPACE, ARGO_INSTANCEID": "what they mean to argo",
    "ARGO_SECURE, ARGO_INSECURE_SKIP_VERIFY, ARGO_BASE_HREF": "what they mean to argo",
    "KUBECTL_ARGO_PODS_OUTPUT": "-o of the list, say wide",
    "KUBECTL_ARGO_PODS_COLOR": "--color: auto, always or never",
    "KUBECTL_ARGO_PODS_COMPLETION_TIMEOUT": "how long TAB waits for a cluster, say 3s; by default a second",
    "KUBECTL_ARGO_PODS_DEBUG": "if not empty, a traceback with each error, for a report",
    "NO_COLOR": "if not empty, no colour unless it is asked for",
}
STATUSES = {
    "0": "done; an empty list, too",
    "1": "an error: the message says what, where and the way out",
    "2": "the command line is wrong",
    "3": "logs are incomplete: stderr says which",
    "4, 5": "with logs --exit-status: what was meant has Failed, or is in Error",
    "124": "what was waited for did not come in time",
    "130": "interrupted",
    "any other": "that of the command that exec, shell or run has run",
}


class Page(NamedTuple):
    """What there is to say of a command.

    `examples` are command lines by what they do, `words` the forms of the words by what these are called, `sections`
    the options by their headings, `commands` the summaries of the other commands by name, `notes` the sentences at the
    end.
    """

    name: str
    usage: str
    summary: str
    examples: dict[str, str]
    words: dict[str, dict[str, str]]
    sections: dict[str, list[Option]]
    commands: dict[str, str]
    notes: list[str]


def declared(group: type) -> Iterator[tuple[str, Any, Option]]:
    """The options of a group, each with its field and type."""
    for field, hint in get_type_hints(group, include_extras=True).items():
        if get_origin(hint) is Annotated and isinstance(get_args(hint)[1], Option):
            yield field, *get_args(hint)


def text(page: Page, width: int = WIDTH) -> str:
    """The page as `--help` prints it; no line is longer than the width."""
    parts = [f"Usage: {page.usage}", fill(page.summary, width, initial_indent="  ", subsequent_indent="  ")]
    examples = [f"  # {comment}\n  {line}" for comment, line in page.examples.items()]
    parts += ["\n".join(["Examples:", *examples])] if examples else []
    if page.commands:
        parts.append("\n".join(["Commands:", *definitions(page.commands.items(), width)]))
    for word, forms in page.words.items():
        parts.append("\n".join([f"{word} is one of:", *definitions(forms.items(), width)]))
    for heading, options in page.sections.items():
        parts.append("\n".join([f"{heading}:", *option_lines(options, width)]))
    parts += ["\n".join(fill(note, width) for note in page.notes)] if page.notes else []
    return "\n\n".join(parts) + "\n"


def option_lines(options: Iterable[Option], width: int = WIDTH) -> list[str]:
    return definitions(((spelled(option), option.help) for option in options), width)


def spelled(option: Option) -> str:
    """As kubectl writes it: `-o, --output FORMAT`."""
    names = ", ".join(option.names)
    return f"{'' if option.names[0].count('-') == 1 else '    '}{names} {option.metavar}".rstrip()


def definitions(entries: Iterable[tuple[str, str]], width: int = WIDTH) -> list[str]:
    """Terms and what they mean, in two columns."""
    known = list(entries)
    fitting = [len(term) + 4 for term, _ in known if len(term) + 4 <= COLUMN]
    column = max(fitting, default=COLUMN)
    lines: list[str] = []
    for term, meaning in known:
        first, *rest = wrap(meaning, width - column) or [""]
        if len(term) + 4 > column:
            lines.append(f"  {term}")
            lines.append(" " * column + first)
        else:
            lines.append(f"  {term}".ljust(column) + first)
        lines += [" " * column + line for line in rest]
    return [line.rstrip() for line in lines]
