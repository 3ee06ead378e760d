"""What TAB offers, by the protocol that kubectl and all our scripts speak."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from kubectl_argo_pods.cli import FUNCTIONS, fields
from kubectl_argo_pods.completion import offers
from kubectl_argo_pods.completion.line import commands
from kubectl_argo_pods.workflow import PHASES
from tests import builders
from tests.cluster import Rule, SimulatedCluster
from tests.completion.conftest import Tab, aged
from tests.conftest import Run

IN_ORDER, GOES_ON, FILES = ":36", ":38", ":0"
VERBS = [f"{name}\t{command.help}" for name, command in commands().items()]
STATES = ["@latest\tetl-7k2lp Running AGE", "@failed\tnightly-1 Failed AGE", "@running\tetl-7k2lp Running AGE"]
WORKFLOWS = [
    "etl-7k2lp\tRunning AGE",
    "nightly-1\tFailed AGE",
    "nightly-3\tSucceeded AGE",
    "nightly-2\tSucceeded AGE",
]
NODES = [
    "extract\tSucceeded AGE",
    "check\tRunning AGE",
    "check(0)\tFailed AGE",
    "check(1)\tRunning AGE",
    "transform\tRunning AGE",
    "transform(0:orders)\tSucceeded AGE",
    "transform(1:customers)\tRunning AGE",
    "transform(2:größen)\tRunning AGE",
]
NODE_WORDS = [
    "@failed\tthe nodes that are Failed or Error",
    "@running\tthe nodes that are Running",
    "@pending\tthe nodes that are Pending",
    "@succeeded\tthe nodes that are Succeeded",
    "@first-failed\tthe node that failed first",
    "@last\tthe node that started last",
]
TEMPLATES = ["fetch\t1 node", "main\t1 node", "check\t2 nodes", "clean\t4 nodes"]
TEMPLATE_WORDS = [f"template:{each}" for each in TEMPLATES]
PREFIX = next(each for each in commands()["logs"].options if each.names == ("--prefix",))
FORMATS = ["csv", "json", "name", "table", "wide", "yaml"]

OFFERED = {
    "": [*VERBS, *STATES, *WORKFLOWS, IN_ORDER],
    "v": ["version\tPrint the version of this plugin", IN_ORDER],
    "list ": [*STATES, *WORKFLOWS, IN_ORDER],
    "night": [*WORKFLOWS[1:], IN_ORDER],
    "@f": [STATES[1], IN_ORDER],
    "wf/night": [f"wf/{each}" for each in WORKFLOWS[1:]] + [IN_ORDER],
    "nothing-like-it": [IN_ORDER],
    "-n argo night": [*WORKFLOWS[1:], IN_ORDER],
    "-n lab ": [*VERBS, "@latest\tbig Succeeded AGE", "big\tSucceeded AGE", IN_ORDER],
    "--namespace=lab b": ["big\tSucceeded AGE", IN_ORDER],
    "-A b": ["big\tSucceeded AGE in lab", IN_ORDER],
    "-A et": ["etl-7k2lp\tRunning AGE in argo", IN_ORDER],
    "etl-7k2lp ": [*VERBS, *NODES, *NODE_WORDS, *TEMPLATE_WORDS, IN_ORDER],
    "list etl-7k2lp ": [*NODES, *NODE_WORDS, *TEMPLATE_WORDS, IN_ORDER],
    "etl-7k2lp list ": [*NODES, *NODE_WORDS, *TEMPLATE_WORDS, IN_ORDER],
    "etl-7k2lp ch": [*NODES[1:4], IN_ORDER],
    "etl-7k2lp extract tr": [*NODES[4:], IN_ORDER],
    "wf/etl-7k2lp ext": [NODES[0], IN_ORDER],
    "@latest ext": [NODES[0], IN_ORDER],
    "'etl-*' ext": [NODES[0], IN_ORDER],
    "-A etl-7k2lp ext": [NODES[0], IN_ORDER],
    "--context simulated etl-7k2lp --phase Failed ext": [NODES[0], IN_ORDER],
    "--unknown etl-7k2lp ext": [NODES[0], IN_ORDER],
    "-- etl-7k2lp ext": [NODES[0], IN_ORDER],
    r"etl-7k2lp 'transform\(2'": [NODES[7], IN_ORDER],
    'etl-7k2lp "\'check("': [*NODES[2:4], IN_ORDER],
    "etl-7k2lp node/ext": [f"node/{NODES[0]}", IN_ORDER],
    "etl-7k2lp template:c": [*TEMPLATE_WORDS[2:], IN_ORDER],
    "etl-7k2lp @f": [NODE_WORDS[0], NODE_WORDS[4], IN_ORDER],
    "etl-7k2lp pod/etl-7k2lp-f": ["pod/etl-7k2lp-fetch-3661961890\tCompleted AGE", IN_ORDER],
    "etl-7k2lp etl-7k2lp-f": ["etl-7k2lp-fetch-3661961890\tCompleted AGE", IN_ORDER],
    "no-such-workflow ": [*VERBS, *NODE_WORDS, IN_ORDER],
    "version ": [IN_ORDER],
    "-n ": ["argo\tActive AGE", "lab\tActive AGE", IN_ORDER],
    "-n=a": ["argo\tActive AGE", IN_ORDER],
    "-na": ["-nargo\tActive AGE", IN_ORDER],
    "--namespace=a": ["argo\tActive AGE", IN_ORDER],
    "-An a": ["argo\tActive AGE", IN_ORDER],
    "etl-7k2lp -n l": ["lab\tActive AGE", IN_ORDER],
    "--context ": ["simulated\tsimulated argo", IN_ORDER],
    "--user ": ["user", IN_ORDER],
    "--cluster no": [IN_ORDER],
    "-o ": [
        *FORMATS,
        "custom-columns=",
        "custom-columns-file=",
        "jsonpath=",
        "jsonpath-as-json=",
        "jsonpath-file=",
        ":36",
    ],
    "-o w": ["wide", IN_ORDER],
    "-o jsonpath": ["jsonpath=", "jsonpath-as-json=", "jsonpath-file=", GOES_ON],
    "--output=ta": ["table", IN_ORDER],
    "-o custom-columns=PO": ["custom-columns=POD:.metadata.name", IN_ORDER],
    "-o custom-columns=POD:.metadata.name,HO": ["custom-columns=POD:.metadata.name,HOST:.status.host", IN_ORDER],
    "--color ": ["auto", "always", "never", IN_ORDER],
    "--color=a": ["auto", "always", IN_ORDER],
    "--watch=": ["true", "false", IN_ORDER],
    "--phase ": [*PHASES, IN_ORDER],
    "--phase Failed,E": ["Failed,Error", IN_ORDER],
    "--type P": ["Pod", "Plugin", IN_ORDER],
    "--sort-by .node.t": [".node.templateName", ".node.type", IN_ORDER],
    "etl-7k2lp --template ": [*TEMPLATES, IN_ORDER],
    "--template ": [IN_ORDER],
    "etl-7k2lp -L workflows.argoproj.io/w": ["workflows.argoproj.io/workflow\tlike etl-7k2lp", IN_ORDER],
    "-L workflows.argoproj.io/p": ["workflows.argoproj.io/phase\tlike Running", IN_ORDER],
    "exec etl-7k2lp ex": [NODES[0], IN_ORDER],
    "etl-7k2lp exec ex": [NODES[0], IN_ORDER],
    "exec etl-7k2lp 'check(1)' -c ": ["wait\trunning", "main\trunning", IN_ORDER],
    "etl-7k2lp exec extract --container=m": ["main\tterminated", IN_ORDER],
    "exec etl-7k2lp -c ": ["wait\tterminated", "main\tterminated", IN_ORDER],
    "-c main exec etl-7k2lp ex": [NODES[0], IN_ORDER],
    "exec -c ": [IN_ORDER],
    "exec etl-7k2lp no-such-step -c ": [IN_ORDER],
    "exec etl-7k2lp extract -- l": [FILES],
    "exec -it etl-7k2lp extract -- -": [FILES],
    "logs etl-7k2lp ext": [NODES[0], IN_ORDER],
    "etl-7k2lp logs -f ext": [NODES[0], IN_ORDER],
    "logs etl-7k2lp extract -c ": ["wait\tterminated", "main\tterminated", IN_ORDER],
    "logs etl-7k2lp --attempts ": ["all", "last", "failed", IN_ORDER],
    "logs etl-7k2lp -o ": ["text", "raw", "json", IN_ORDER],
    "logs etl-7k2lp --pref": [f"--prefix\t{PREFIX.help}", IN_ORDER],
    "logs etl-7k2lp --prefix": [f"--prefix\t{PREFIX.help}", IN_ORDER],
    "logs etl-7k2lp --prefix=n": ["never", IN_ORDER],
    "logs etl-7k2lp --prefix ext": [NODES[0], IN_ORDER],
    "auth ": ["check", "whoami", IN_ORDER],
    "auth check lo": ["logs", IN_ORDER],
    "completion t": ["tcsh", IN_ORDER],
    "completion install z": ["zsh", IN_ORDER],
    "--kubeconfig ": [FILES],
    "-f ./some": [FILES],
    "--token ": [IN_ORDER],
    "--name": ["--namespace\tThe namespace to look in.", IN_ORDER],
    "version -": ["--help\tShow the help of the command.", IN_ORDER],
    "--node-f": [
        "--node-field-selector\tThe nodes with these fields, as `argo get` has it.",
        IN_ORDER,
    ],
}


# Whose value is anybody's guess; every other option that takes one has to say what it completes to.
FREE = {
    *("--workflow-selector", "--selector", "--field-selector", "--node-field-selector", "--server", "--token"),
    *("--username", "--password", "--tls-server-name", "--as", "--as-group", "--as-uid", "--as-user-extra"),
    *("--request-timeout", "--proxy-url", "--argo-server", "--argo-base-href", "--header", "--instanceid"),
    *("--pod-running-timeout", "--timeout", "--parallel", "--max-log-requests", "--since", "--since-time", "--tail"),
    *("--limit-bytes", "--include", "--exclude"),
}


def test_an_option_completes_its_value_unless_nobody_can_know_it() -> None:
    options = {each for command in commands().values() for each in command.options if each.kind != "flag"}
    assert {each.names[-1] for each in options if not each.completes} == FREE


@pytest.mark.parametrize("command", FUNCTIONS)
def test_every_flag_of_a_command_is_offered_and_no_other(
    tab: Tab, empty_cluster: SimulatedCluster, command: str
) -> None:
    offered = [line.partition("\t")[0] for line in tab(f"{command} -")[:-1]]
    assert sorted(offered) == sorted(flags(command))


@pytest.mark.parametrize("command", FUNCTIONS)
def test_the_script_alone_knows_every_flag_of_a_command_and_no_other(argo_pods: Run, command: str) -> None:
    array = f"_shtab_kubectl_argo_pods_{command}_option_strings[@]"
    script = f'{argo_pods("completion", "bash").stdout}\nprintf "%s\\n" "${{{array}}}"'
    done = subprocess.run(["bash", "--norc", "-s"], input=script, capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == sorted(flags(command))


def flags(command: str) -> list[str]:
    return ["--help", *(name for field in fields(command) for name in field.option.names)]


@pytest.mark.parametrize("line", OFFERED)
def test_a_word_is_completed(tab: Tab, cluster: SimulatedCluster, line: str) -> None:
    assert tab(line) == OFFERED[line]


def test_items_of_a_loop_in_steps_come_behind_their_common_name(tab: Tab, empty_cluster: SimulatedCluster) -> None:
    """It means them all, and keeps shells from filling in an open parenthesis."""
    items = [builders.node("wf", f"[0].each({number}:a b)", parent="") for number in range(3)]
    group = builders.node("wf", "[0]", type="StepGroup", parent="", children=["[0].each(0:a b)"])
    empty_cluster.load([builders.workflow("wf", builders.node("wf", type="Steps"), group, *items)])
    assert [each.partition("\t")[0] for each in tab("wf ea")] == [
        "each",
        "each(0:a b)",
        "each(1:a b)",
        "each(2:a b)",
        IN_ORDER,
    ]


def test_nodes_of_one_name_are_told_apart_by_their_paths(tab: Tab, empty_cluster: SimulatedCluster) -> None:
    twins = [builders.node("wf", path) for path in (".a.same", ".b.same")]
    empty_cluster.load([builders.workflow("wf", builders.node("wf", type="DAG"), *twins)])
    assert [each.partition("\t")[0] for each in tab("wf ")[len(VERBS) :][:2]] == ["a.same", "b.same"]


def test_a_parameter_is_offered_to_someone_who_begins_with_it(tab: Tab, empty_cluster: SimulatedCluster) -> None:
    values = {"script": "set -e\n\tmake", "region": "eu-west", "long": "x" * 100}
    inputs = {"parameters": [{"name": name, "value": value} for name, value in values.items()]}
    empty_cluster.load(
        [builders.workflow("wf", builders.node("wf", type="DAG"), builders.node("wf", ".a", inputs=inputs))]
    )
    assert tab("wf pa") == ["param:region=eu-west\ta", IN_ORDER]


def test_a_name_that_cannot_be_typed_is_not_offered(tab: Tab, empty_cluster: SimulatedCluster) -> None:
    nodes = [builders.node("wf", type="DAG"), builders.node("wf", ".two\nlines"), builders.node("wf", ".two")]
    empty_cluster.load([builders.workflow("wf", *nodes)])
    assert [each.partition("\t")[0] for each in tab("wf tw")] == ["two", IN_ORDER]


def test_a_name_that_would_be_read_as_something_else_is_offered_with_its_kind(
    tab: Tab, empty_cluster: SimulatedCluster
) -> None:
    nodes = [builders.node("logs", f".{name}") for name in ("-dash", "exec", "plain")]
    empty_cluster.load([builders.workflow("logs", builders.node("logs", type="DAG"), *nodes)])

    def offered(line: str) -> list[str]:
        return [each.partition("\t")[0] for each in tab(line)]

    verbs = list(commands())
    assert offered("")[len(verbs) :] == ["@latest", "wf/logs", IN_ORDER]
    assert offered("lo") == ["logs", IN_ORDER]
    assert offered("wf/lo") == ["wf/logs", IN_ORDER]
    assert offered("list lo") == ["logs", IN_ORDER]
    assert offered("wf/logs ")[len(verbs) :][:3] == ["node/-dash", "node/exec", "plain"]
    assert offered("wf/logs node/e") == ["node/exec", IN_ORDER]
    assert offered("list wf/logs ")[:3] == ["node/-dash", "exec", "plain"]


def test_of_offloaded_nodes_those_are_offered_that_have_pods(tab: Tab, empty_cluster: SimulatedCluster) -> None:
    workflow = builders.workflow("wf", offloadNodeStatusVersion="fnv:1")
    train = builders.node("wf", ".train")
    empty_cluster.load([workflow, builders.pod(workflow, train, "wf-work-1")])
    assert [each.partition("\t")[0] for each in tab("list wf tr")] == ["train", IN_ORDER]


def test_names_come_from_an_argo_server_and_its_archive(tab: Tab, cluster: SimulatedCluster) -> None:
    cluster.archive.put(aged("old", 100000, "Succeeded"))
    argo = {"ARGO_SERVER": cluster.argo_server_url.removeprefix("http://"), "ARGO_SECURE": "false"}
    assert tab("etl", argo) == [WORKFLOWS[0], IN_ORDER]
    assert tab("-n argo old ol", argo | {"KUBECONFIG": "/dev/null"}) == ["old\tSucceeded AGE", IN_ORDER]
    server = cluster.argo_server_url.removeprefix("http://")
    assert tab(f"-s {server} --secure=false etl-7k2lp ext") == [NODES[0], IN_ORDER]


def test_the_namespace_of_the_argo_cli_counts(tab: Tab, cluster: SimulatedCluster) -> None:
    assert tab("b", {"ARGO_NAMESPACE": "lab"}) == ["big\tSucceeded AGE", IN_ORDER]


def test_names_come_from_a_file(tab: Tab, cluster: SimulatedCluster, argo_pods: Run, tmp_path: Path) -> None:
    manifest = builders.workflow("wf", builders.node("wf", type="DAG"), builders.node("wf", ".step"))
    (tmp_path / "wf.json").write_text(json.dumps(manifest))
    assert [each.partition("\t")[0] for each in tab("-f wf.json wf st")] == ["step", IN_ORDER]


def test_someone_who_may_not_list_namespaces_is_offered_those_of_the_kubeconfig(
    tab: Tab, cluster: SimulatedCluster, tmp_path: Path
) -> None:
    token = cluster.access.add_user("jane", Rule(("list",), "workflows", "argo"))
    mine = tmp_path / "mine"
    mine.mkdir()
    environment = {"KUBECONFIG": str(cluster.kubeconfig(mine, token=token))}
    assert tab("-n ", environment) == ["argo", IN_ORDER]
    assert tab("etl", environment) == [WORKFLOWS[0], IN_ORDER]


def test_of_very_many_the_newest_are_offered_and_what_all_have_in_common_stays_so(
    tab: Tab, empty_cluster: SimulatedCluster
) -> None:
    empty_cluster.load(aged(f"even-{number:03}", number, "Succeeded") for number in range(600))
    empty_cluster.load([aged("ever", 86400 * 40, "Succeeded")])
    offered = [each.partition("\t")[0] for each in tab("list e")]
    assert (len(offered), offered[0], offered[-2:]) == (502, "even-000", ["ever", IN_ORDER])


def test_every_column_that_is_offered_is_there(argo_pods: Run, cluster: SimulatedCluster) -> None:
    spec = ",".join(f"{title}:{path}" for title, path in offers.COLUMNS.items())
    shown = argo_pods("etl-7k2lp", "-o", f"custom-columns={spec}")
    assert (shown.status, shown.stderr) == (0, "")
    titles, *rows = shown.stdout.splitlines()
    missing = [title for title in offers.COLUMNS if all(cell(titles, row, title) == "<none>" for row in rows)]
    assert missing in ([], ["MESSAGE"])


def cell(titles: str, row: str, title: str) -> str:
    start = re.search(rf"(^|(?<= )){title}( |$)", titles)
    assert start
    return row[start.start() :].partition(" ")[0]
