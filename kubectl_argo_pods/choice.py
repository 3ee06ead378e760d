"""Which workflows are meant by the WORKFLOW word, among the summaries of those there are."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from kubectl_argo_pods.errors import NoMatchError, UsageError
from kubectl_argo_pods.workflow import WorkflowSummary

# A word to the statuses that it stands for; the newest such workflow is meant.
STATE_WORDS: dict[str, tuple[str, ...]] = {
    "@latest": (),
    "@failed": ("Failed", "Error"),
    "@running": ("Running",),
}


def bare_name(word: str) -> str:
    """The name in `wf/NAME`, `workflow/NAME`, `workflow.argoproj.io/NAME`, or the word itself."""
    kind, slash, name = word.partition("/")
    known = kind in ("wf", "workflow", "workflows") or kind.partition(".")[0] in ("workflow", "workflows")
    if not slash:
        return word
    if not known or not name:
        raise UsageError(f'"{word}" names no workflow: write NAME or wf/NAME')
    return name


def is_plain(word: str) -> bool:
    """Whether the word is a workflow's own name, so that nothing has to be listed to find it."""
    return not word.startswith("@") and not any(character in word for character in "*?[")


def choose(word: str, summaries: Iterable[WorkflowSummary], where: str) -> list[WorkflowSummary]:
    """The workflows, newest first as the summaries are, that a word or glob means; raises NoMatchError for none."""
    if word.startswith("@"):
        return [_newest(word, summaries, where)]
    known = list(summaries)
    found = [summary for summary in known if fnmatchcase(summary.name, word)]
    if not found:
        raise NoMatchError(f'no workflow is named like "{word}" {where}')
    return found


def _newest(word: str, summaries: Iterable[WorkflowSummary], where: str) -> WorkflowSummary:
    if word not in STATE_WORDS:
        raise UsageError(f'unknown WORKFLOW "{word}": the words that begin with @ are {", ".join(STATE_WORDS)}')
    statuses = STATE_WORDS[word]
    for summary in summaries:
        if not statuses or summary.status in statuses:
            return summary
    raise NoMatchError(f"no {word.removeprefix('@')} workflow {where}" if statuses else f"no workflows {where}")
