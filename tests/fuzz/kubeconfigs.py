"""Looks for a text that our reader of kubeconfigs takes for something else than PyYAML does, led by coverage.

`make fuzz` runs it for a minute, from the texts in `seeds`; what it finds is written to a file, whose name as the only
argument tries it again.
"""

from __future__ import annotations

import sys

import atheris
import yaml

with atheris.instrument_imports():
    from kubectl_argo_pods.cluster import block_yaml


def compare(data: bytes) -> None:
    """Raises AssertionError where the two differ; what ours refuses is PyYAML's to read, good or bad."""
    text = data.decode("utf-8", "ignore")
    try:
        value = block_yaml.load(text)
    except block_yaml.NotPlain:
        return
    expected = yaml.load(text, Loader=yaml.CSafeLoader)
    assert (value, repr(value)) == (expected, repr(expected)), text


def main() -> None:
    atheris.Setup(sys.argv, compare)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
