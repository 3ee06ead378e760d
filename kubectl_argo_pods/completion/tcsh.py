"""The answer to TAB in tcsh, which hands on the line as COMMAND_LINE and takes words without notes."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

from kubectl_argo_pods.completion.answer import answered, be_silent


def give(environ: Mapping[str, str], *, silent: bool) -> int:
    """Print the candidates, a line each."""
    if silent:
        be_silent()
    arguments = _words(_expanded(environ.get("COMMAND_LINE", ""), environ))[1:]
    # The value of --flag=value is completed alone, and tcsh takes whole words.
    name, equals, _ = (arguments or [""])[-1].partition("=")
    flag = name + equals if name.startswith("-") and equals else ""
    lines = answered(arguments, environ, silent=silent).splitlines()[:-1]
    # What has a blank in it would come as two words, and what has braces without them.
    values = (line.partition("\t")[0] for line in lines)
    sys.stdout.writelines(f"{flag}{value}\n" for value in values if not set(" {}") & set(value))
    return 0


def _expanded(line: str, environ: Mapping[str, str]) -> str:
    """The line with ~ and the environment's variables in the words before the cursor; tcsh tells no quotes of these."""

    def value(match: re.Match[str]) -> str:
        found = environ.get(match[1] or match[2] or "HOME", "")
        return found if re.fullmatch(r"[\w./:=@%+,-]+", found) else match[0]

    return re.sub(r"(?:(?<!\S)~(?=[/\s])|\$(?:(\w+)|\{(\w+)\}))(?=.*\s)", value, line)


def _words(line: str) -> list[str]:
    """The words up to the cursor, without their quotes; the last one is being typed, and may be empty."""
    import shlex

    for closing in ("", "'", '"'):
        try:
            words = shlex.split(line + closing)
        except ValueError:
            continue
        return words + ([""] if not closing and line[-1:].isspace() else [])
    return [""]
