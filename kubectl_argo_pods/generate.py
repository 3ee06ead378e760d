"""What is made of the commands' declarations, so that a start need not look at these themselves.

`python -m kubectl_argo_pods.generate` prints the tables of the quick parser and of the completion; with `--write`, it
writes them, and the scripts of the completion.
"""

from __future__ import annotations

import pprint
import subprocess
import sys
from pathlib import Path
from typing import Any

from kubectl_argo_pods.cli import FUNCTIONS, groups_of, kind_of, summary, tail_of, words_of
from kubectl_argo_pods.help import declared
from kubectl_argo_pods.options.sections import SECTIONS


def grammar_table() -> str:
    """The source of the module that the quick parser reads."""
    groups = {group.__name__: _targets(group) for group in SECTIONS}
    return (
        '"""What the quick parser knows; written by `python -m kubectl_argo_pods.generate --write`."""\n\n'
        "from __future__ import annotations\n\n"
        "# By the classes in `options`, their options with kind and field.\n"
        f"GROUPS: dict[str, dict[str, tuple[str, str]]] = {_literal(groups)}\n\n"
        f"COMMANDS: dict[str, tuple[str, str, dict[str, str], bool]] = {_literal({n: _entry(n) for n in FUNCTIONS})}\n"
    )


def _literal(value: object) -> str:
    return pprint.pformat(value, width=112, sort_dicts=False)


def _targets(group: type) -> dict[str, tuple[str, str]]:
    return {name: (kind_of(type_), field) for field, type_, option in declared(group) for name in option.names}


def _entry(name: str) -> tuple[str, str, dict[str, str], bool]:
    module, _, function = FUNCTIONS[name].partition(":")
    groups = {parameter: group.__name__ for parameter, group in groups_of(name).items()}
    return module, function, groups, tail_of(name) is not None


def completion_table() -> str:
    """The source of the module that the completion reads."""
    groups = {group.__name__: tuple(tuple(option) for *_, option in declared(group)) for group in SECTIONS}
    return (
        '"""What the completion knows; written by `python -m kubectl_argo_pods.generate --write`."""\n\n'
        "from __future__ import annotations\n\n"
        "from typing import Any\n\n"
        "# By the classes in `options`, their options as these declare them.\n"
        f"GROUPS: dict[str, tuple[tuple[Any, ...], ...]] = {_literal(groups)}\n\n"
        f"COMMANDS: dict[str, tuple[Any, ...]] = {_literal({name: _completed(name) for name in FUNCTIONS})}\n"
    )


def _completed(name: str) -> tuple[Any, ...]:
    """What the command says of itself and of its words, and its groups of options in the order of its help."""
    order = list(SECTIONS.values())
    groups = sorted(groups_of(name).values(), key=lambda group: order.index(SECTIONS[group]))
    words = words_of(name)
    return summary(name).rstrip("."), words.completes if words else (), tuple(group.__name__ for group in groups)


def _tables() -> dict[Path, str]:
    """The generated modules."""
    here = Path(__file__).parent
    return {here / "grammar_table.py": grammar_table(), here / "completion" / "table.py": completion_table()}


if __name__ == "__main__":
    for path, table in _tables().items():
        if sys.argv[1:] == ["--write"]:
            # A shell's `>` would empty the table before this program, which reads it, has started.
            path.write_text(table)
        else:
            print(table, end="")
    if sys.argv[1:] == ["--write"]:
        # They are made of what has just been written, which this process has read before.
        subprocess.run([sys.executable, "-m", "kubectl_argo_pods.completion.scripts"], check=True)
