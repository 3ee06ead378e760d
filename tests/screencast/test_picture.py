"""The README's picture shows what the commands in it print."""

from __future__ import annotations

import re
import subprocess
from html import unescape
from xml.etree import ElementTree

from tests.demo import timeless
from tests.demo_workflow import NAME
from tests.screencast.__main__ import EXEC, INSIDE, LINES, LIST, LOGS, PICTURE

TEXT = PICTURE.read_text()
SHOWN = {
    unescape("".join(re.findall(r"<tspan[^>]*>([^<]*)</tspan>", line)))
    for line in re.findall(r'<text id="l\d+"[^>]*>(.*)</text>', TEXT)
}


def test_the_list_in_it_is_what_the_plugin_prints(demo: dict[str, str]) -> None:
    done = subprocess.run(LIST, shell=True, env=demo, capture_output=True, text=True, timeout=60)
    assert NAME in LIST and done.returncode == 0
    assert {timeless(line).rstrip() for line in done.stdout.splitlines()} <= {timeless(line).rstrip() for line in SHOWN}


def test_it_shows_the_whole_story() -> None:
    typed = {f"$ {LIST}", f"$ {LOGS}", f"$ {EXEC}", f"/ # {INSIDE}"}
    followed = {f"[check(1)] {line}" for line in LINES}
    assert {*typed, *followed, "1048 customers.csv"} <= SHOWN


def test_it_is_a_picture_that_a_readme_may_show() -> None:
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(TEXT).iter()}
    assert tags == {"svg", "style", "defs", "text", "tspan", "rect", "g", "use"}
    assert "http" not in TEXT.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert len(TEXT) < 200_000
