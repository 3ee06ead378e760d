"""What is asked on the user's terminal, by us and by kubectl."""

from __future__ import annotations

import sys

import pexpect
import pytest

from tests.connection.cases.kubeconfigs import V1, V1BETA1, config, plugin
from tests.connection.comparison import Case, Outcome, Ran, Runner, arguments, environment, run
from tests.connection.world import World

OURS = [sys.executable, "-I", "-m", "kubectl_argo_pods"]


def on_terminal(command: list[str], *dialogue: tuple[str, str]) -> Runner:
    """Runs a command on a terminal of its own, where a word is typed after each prompt."""

    def runner(case: Case, world: World) -> Ran:
        words = [*command, *arguments(case, world)]
        child = pexpect.spawn(words[0], words[1:], env=environment(case, world), cwd=str(world.folder), timeout=20)
        said = b""
        for prompt, word in dialogue:
            child.expect_exact(prompt)
            said += child.before + child.after
            child.send(word)
        child.expect(pexpect.EOF)
        child.close()
        return Ran(child.exitstatus == 0, (said + child.before).decode())

    return runner


def kubectl(world: World) -> list[str]:
    return ["kubectl", "get", "workflows", "--cache-dir", str(world.folder / "cache")]


def asked_the_same(case: Case, world: World, *dialogue: tuple[str, str]) -> tuple[Outcome, str]:
    ours, said = run(case, world, on_terminal(OURS, *dialogue))
    theirs, _ = run(case, world, on_terminal(kubectl(world), *dialogue))
    assert ours == theirs
    return ours, said


def test_a_user_without_credentials_is_asked_for_a_name_and_a_password(world: World) -> None:
    dialogue = (("Please enter Username: ", "jane\n"), ("Please enter Password: ", "secret\n"))
    outcome, said = asked_the_same(Case("nobody", config()), world, *dialogue)
    assert [who.authorization for who in outcome.who] == [("Basic amFuZTpzZWNyZXQ=",)]
    # The terminal repeats the name alone.
    assert said == (
        "Please enter Username: jane\r\nPlease enter Password: \r\nNo resources found in argo namespace.\r\n"
    )


@pytest.mark.parametrize("mode", ["IfAvailable", "Always"])
def test_a_plugin_that_may_gets_the_terminal(world: World, mode: str) -> None:
    case = Case("a plugin", config(user=plugin(interactiveMode=mode)))
    # The plugin reads until the end of its input.
    outcome, _ = asked_the_same(case, world, ("", "typed\n\x04"))
    (given,) = outcome.plugin
    assert (given["stdin"], given["info"]["spec"]["interactive"]) == ("typed\n", True)


@pytest.mark.parametrize("version", [V1, V1BETA1])
def test_a_plugin_that_may_not_gets_nothing_of_the_terminal(world: World, version: str) -> None:
    case = Case("a plugin", config(user=plugin(interactiveMode="Never", apiVersion=version)))
    outcome, _ = asked_the_same(case, world)
    (given,) = outcome.plugin
    assert (given["stdin"], given["info"]["spec"]["interactive"]) == ("", False)
