from __future__ import annotations

import re

import pytest

from tests.connection.cases.kubeconfigs import SERVER, config, plugin
from tests.connection.comparison import Case, filled, run, with_argo_pods, with_kubectl
from tests.connection.world import World

PATH = "/apis/argoproj.io/v1alpha1/namespaces/argo/workflows?includeObject=Metadata&limit=1000"
REQUEST = f"""\
I "Request" verb="GET" url="https://HOST{PATH}" headers=<
	Accept-Encoding: gzip
	Accept: application/json;as=Table;v=v1;g=meta.k8s.io,application/json
	Authorization: Bearer <masked>
	Host: HOST
	Impersonate-User: jane
	User-Agent: kubectl-argo_pods/0.1.0
 >
"""
ANSWER = """headers=<
	Content-Length: 136
	Content-Type: application/json
	Date: NOW
	Server: HTTP
 >"""
BODY = """\
I "Response Body" body=<
	{"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {}, \
"columnDefinitions": [{"name": "Name", "type": "string"}], "rows": []}
 >
"""
LOADED = 'I "Config loaded from file" path="FOLDER/config"\n'
CURL = f"""\
I "HTTP Trace: Dial succeed" address="HOST" milliseconds=N
I "Request" curlCommand=<
	curl -v -XGET -H "Host: HOST" -H "User-Agent: kubectl-argo_pods/0.1.0" -H "Authorization: Bearer <masked>" \
-H "Impersonate-User: jane" -H "Accept: application/json;as=Table;v=v1;g=meta.k8s.io,application/json" \
-H "Accept-Encoding: gzip" 'https://HOST{PATH}'
 >
I "Response" verb="GET" url="https://HOST{PATH}" status="200 OK" {ANSWER} milliseconds=N
"""
LEVELS = {
    "5": "",
    "6": f'{LOADED}I "Response" verb="GET" url="https://HOST{PATH}" status="200 OK" milliseconds=N\n',
    "7": f'{LOADED}{REQUEST}I "Response" status="200 OK" milliseconds=N\n',
    "8": f'{LOADED}{REQUEST}I "Response" status="200 OK" {ANSWER} milliseconds=N\n{BODY}',
    "9": f"{LOADED}{CURL}{BODY}",
}


def told(said: str, world: World) -> str:
    """Without what is another thing each time."""
    for pattern, word in (
        (r"I\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ http\.py\]", "I"),
        (filled(r"127\.0\.0\.1:$HTTPS_PORT", world), "HOST"),
        (r"milliseconds=\d+", "milliseconds=N"),
        (r"Date: .*", "Date: NOW"),
        (r"Server: .*", "Server: HTTP"),
        (re.escape(str(world.folder)), "FOLDER"),
    ):
        said = re.sub(pattern, word, said)
    return said


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("flag", ["-v{}", "-v={}", "--v={}"])
def test_a_trace_shows_what_the_level_says(level: str, flag: str, world: World) -> None:
    case = Case("traced", config(user={"token": "secret-token", "as": "jane"}), (flag.format(level),))
    outcome, said = run(case, world, with_argo_pods)
    assert outcome.works
    assert told(said, world) == f"{LEVELS[level]}No resources found in argo namespace.\n"


def messages(said: str) -> set[tuple[str, tuple[str, ...]]]:
    """What a trace says of requests: the messages, with the names of their fields but for the parts of a time."""
    found = set()
    for message, rest in re.findall(r'^I\d{4} [^\]]*\] "([^"]+)"((?:.|\n(?!I\d{4}))*)', said, re.MULTILINE):
        fields = re.findall(r" (\w+)=", re.sub(r'"(?:[^"\\]|\\.)*"|<\n(?:\t.*\n)* >', "VALUE", rest))
        if message in ("Request", "Response", "Response Body"):
            found.add((message, tuple(field for field in fields if not field.endswith("Milliseconds"))))
    return found


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_says_of_requests_what_kubectl_says(level: str, world: World) -> None:
    case = Case("traced", config(user={"token": "secret-token", "as": "jane"}), (f"-v={level}",))
    (_, ours), (_, theirs) = (run(case, world, way) for way in (with_argo_pods, with_kubectl))
    assert messages(ours) == messages(theirs)
    assert "secret-token" not in ours + theirs


SECRETS = ("secret-token", "secret-password", "c2VjcmV0", "BEGIN", "secret-cookie", "secret-key", "dTpzZWNyZXQ")


@pytest.mark.parametrize(
    "case",
    [
        Case("a token", config(user={"token": "secret-token"})),
        Case(
            "a token that the server repeats",
            config({**SERVER, "server": f"{SERVER['server']}/echo"}, {"token": "secret-token"}),
        ),
        Case("a refused token", config(user={"token": "secret-token"}), refusals=(401,)),
        Case("a password", config(user={"username": "u", "password": "secret-password"})),
        Case(
            "a password in the server's URL",
            config({**SERVER, "server": "https://u:secret-password@127.0.0.1:$HTTPS_PORT"}, {"token": "secret-token"}),
        ),
        Case("a plugin", config(user=plugin('{"token": "secret-token"}'))),
        Case("a key", config(user={"client-certificate-data": "$ADMIN_CRT", "client-key-data": "$ADMIN_KEY"})),
        Case(
            "a proxy's password",
            config({**SERVER, "proxy-url": "http://u:secret-password@127.0.0.1:$PROXY_PORT"}, {"token": "x"}),
        ),
        Case(
            "headers for an Argo Server",
            None,
            ("-s", "127.0.0.1:$HTTPS_PORT", "-k", "-H", "Cookie: a=secret-cookie", "-H", "X-Api-Key: secret-key"),
            environ={"ARGO_TOKEN": "Bearer secret-token"},
        ),
    ],
    ids=lambda case: case.name,
)
def test_a_trace_lets_nobody_in(case: Case, world: World) -> None:
    _, said = run(case._replace(args=(*case.args, "-v=99")), world, with_argo_pods)
    assert "curl" in said
    assert [secret for secret in SECRETS if secret in said] == []
