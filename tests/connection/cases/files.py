"""Which kubeconfig, and what of it."""

from __future__ import annotations

from tests.connection.cases.kubeconfigs import CA, SERVER, TOKEN, URL, Entry, config
from tests.connection.comparison import Case

TWO: Entry = config(
    user=TOKEN,
    clusters=[
        {"name": "dev", "cluster": SERVER},
        {"name": "named", "cluster": {"server": "https://localhost:$HTTPS_PORT", **CA}},
    ],
    users=[{"name": "me", "user": TOKEN}, {"name": "other", "user": {"token": "other-token"}}],
    contexts=[
        {"name": "dev", "context": {"cluster": "dev", "user": "me", "namespace": "argo"}},
        {"name": "other", "context": {"cluster": "named", "user": "other"}},
        {"name": "bare", "context": {"cluster": "dev"}},
        {"name": "lost", "context": {"cluster": "no-such-cluster", "user": "me"}},
        {"name": "nobody", "context": {"cluster": "dev", "user": "no-such-user"}},
    ],
)

SECOND: Entry = config(
    {"server": "https://localhost:$HTTPS_PORT", **CA},
    {"token": "second-token"},
    {"namespace": "second"},
    users=[{"name": "me", "user": {"token": "second-token"}}, {"name": "you", "user": {"token": "you"}}],
)

CASES = [
    Case("KUBERNETES_MASTER", None, environ={"KUBERNETES_MASTER": "http://127.0.0.1:$HTTP_PORT"}),
    Case(
        "KUBERNETES_MASTER and flags",
        None,
        ("--token", "t", "--certificate-authority", "ca.crt"),
        environ={"KUBERNETES_MASTER": URL},
    ),
    Case("KUBERNETES_MASTER for a cluster without a server", config(CA, TOKEN), environ={"KUBERNETES_MASTER": URL}),
    Case("KUBERNETES_MASTER beside a server", config(user=TOKEN), environ={"KUBERNETES_MASTER": "http://127.0.0.1:1"}),
    Case(
        "KUBECONFIG lists nothing",
        None,
        environ={"KUBECONFIG": ":"},
        error="no cluster is configured: what KUBECONFIG names is missing or empty; name a kubeconfig with "
        "--kubeconfig",
    ),
    *(
        Case(
            f"a namespace that is none: {namespace}",
            config(user=TOKEN),
            ("-n", namespace),
            error=error,
            differs="nothing is asked in what cannot be a namespace: kubectl asks for what there is first",
        )
        for namespace, error in (
            ("..", 'no namespace is ".."'),
            ("a/b", '"a/b" is no namespace: none has a "/" in it'),
            ("a%2fb", '"a%2fb" is no namespace: none has a "%" in it'),
        )
    ),
    Case("one file of one context", config(user=TOKEN)),
    Case("no namespace in the context", config(user=TOKEN, context={"namespace": ""})),
    Case("--namespace", config(user=TOKEN), ("--namespace", "other")),
    Case("-n", config(user=TOKEN), ("-n", "other")),
    Case("--context", TWO, ("--context", "other")),
    Case(
        "--context of an unknown name",
        TWO,
        ("--context", "nowhere"),
        error='context "nowhere" is not in the kubeconfig; those there are: bare, dev, lost, nobody, other',
    ),
    Case(
        "a current-context of an unknown name",
        config(user=TOKEN) | {"current-context": "nowhere"},
        error='context "nowhere" is not in the kubeconfig; those there are: dev',
    ),
    Case("--cluster", TWO, ("--cluster", "named")),
    Case(
        "--cluster of an unknown name",
        TWO,
        ("--cluster", "nowhere"),
        error='cluster "nowhere" is not in the kubeconfig; those there are: dev, named',
    ),
    Case("--user", TWO, ("--user", "other")),
    Case(
        "--user of an unknown name",
        TWO,
        ("--user", "nobody"),
        error='user "nobody" is not in the kubeconfig; those there are: me, other',
    ),
    Case(
        "a context whose cluster is missing",
        TWO,
        ("--context", "lost"),
        error='cluster "no-such-cluster" is not in the kubeconfig; those there are: dev, named',
    ),
    Case(
        "a context whose user is missing",
        TWO,
        ("--context", "nobody"),
        error='user "no-such-user" is not in the kubeconfig; those there are: me, other',
    ),
    Case(
        "a context without a user",
        TWO,
        ("--context", "bare"),
        error="the user has no credentials, and there is no terminal to ask for any; name some, like --token",
    ),
    Case(
        "no current-context",
        config(user=TOKEN) | {"current-context": ""},
        error="the kubeconfig has no current-context; choose one with --context: dev",
    ),
    Case(
        "no current-context, but --cluster and --user",
        TWO | {"current-context": ""},
        ("--cluster", "dev", "--user", "me"),
    ),
    Case(
        "no kubeconfig at all",
        None,
        error="no cluster is configured: $FOLDER/config is missing or empty; name a kubeconfig with --kubeconfig",
    ),
    Case("no kubeconfig, but --server", None, ("--server", URL, "--certificate-authority", "ca.crt", "--token", "t")),
    Case(
        "an empty file",
        "",
        error="no cluster is configured: $FOLDER/config is missing or empty; name a kubeconfig with --kubeconfig",
    ),
    Case("--kubeconfig", None, ("--kubeconfig", "sub/config"), files={"sub/config": config(user=TOKEN)}),
    Case(
        "--kubeconfig goes before KUBECONFIG", config(user=TOKEN), ("--kubeconfig", "second"), files={"second": SECOND}
    ),
    Case(
        "--kubeconfig of a missing file",
        config(user=TOKEN),
        ("--kubeconfig", "missing"),
        error='the kubeconfig "missing" does not exist',
    ),
    Case(
        "the file in the home directory",
        None,
        environ={"KUBECONFIG": ""},
        files={"home/.kube/config": config(user=TOKEN)},
    ),
    Case(
        "KUBECONFIG lists files, and the first to name a thing wins",
        config(user=TOKEN),
        environ={"KUBECONFIG": "$FOLDER/config:$FOLDER/second"},
        files={"second": SECOND},
    ),
    Case(
        "KUBECONFIG lists files in the other order",
        config(user=TOKEN),
        environ={"KUBECONFIG": "$FOLDER/second:$FOLDER/config"},
        files={"second": SECOND},
    ),
    Case(
        "KUBECONFIG lists missing and empty files, too",
        config(user=TOKEN),
        environ={"KUBECONFIG": "$FOLDER/missing:$FOLDER/empty::$FOLDER/config"},
        files={"empty": ""},
    ),
    Case(
        "context, cluster and user in files of their own",
        {"contexts": config()["contexts"], "current-context": "dev"},
        environ={"KUBECONFIG": "$FOLDER/users:$FOLDER/config:$FOLDER/clusters"},
        files={"users": {"users": config(user=TOKEN)["users"]}, "clusters": {"clusters": config()["clusters"]}},
    ),
    Case(
        "paths are relative to the file that names them",
        None,
        environ={"KUBECONFIG": "$FOLDER/sub/config"},
        files={
            "sub/config": config(
                {"server": URL, "certificate-authority": "../ca.crt"},
                {"client-certificate": "../admin.crt", "client-key": "../admin.key", "tokenFile": "token"},
            ),
            "sub/token": "from-file",
        },
    ),
    Case(
        "JSON",
        '{"current-context": "dev", "clusters": [{"name": "dev", "cluster": {"server": "'
        + URL
        + '", "insecure-skip-tls-verify": true}}], "contexts": [{"name": "dev", "context": {"cluster": "dev"}}]}',
        error="the user has no credentials, and there is no terminal to ask for any; name some, like --token",
    ),
    Case("not YAML", "clusters: [\ncurrent-context", error='the kubeconfig "$FOLDER/config" is not YAML (line 3)'),
    Case(
        "a list instead of a map",
        "- a",
        error='the kubeconfig "$FOLDER/config" is not a map of clusters, users and contexts',
    ),
    Case(
        "a name twice in one file",
        config(user=TOKEN, users=[{"name": "me", "user": TOKEN}, {"name": "me", "user": {"token": "second"}}]),
        error='user "me" of the kubeconfig "$FOLDER/config" is there twice; remove or rename one',
    ),
    Case(
        "fields that nobody knows",
        config({**SERVER, "colour": "red"}, {**TOKEN, "colour": "red"}, preferences={}, colour="red"),
    ),
    Case(
        "a number as a token",
        config(user={"token": 12345}),
        error='the field "token" of user "me" of the kubeconfig "$FOLDER/config" is not a text; put it in quotes',
    ),
    Case(
        "a number as a namespace",
        config(user=TOKEN, context={"namespace": 7}),
        error='the field "namespace" of context "dev" of the kubeconfig "$FOLDER/config" is not a text; put '
        "it in quotes",
    ),
    Case(
        "a kubeconfig of another kind",
        config(user=TOKEN, kind="Secret"),
        error='the kubeconfig "$FOLDER/config" is no Config of v1 but a Secret of v1',
    ),
    Case(
        "ARGO_NAMESPACE",
        config(user=TOKEN),
        environ={"ARGO_NAMESPACE": "from-argo"},
        differs="it is argo's, not kubectl's",
    ),
    Case(
        "POD_NAMESPACE outside a cluster",
        config(user=TOKEN, context={"namespace": ""}),
        environ={"POD_NAMESPACE": "pod"},
    ),
    Case(
        "KUBECONFIG names a folder",
        None,
        environ={"KUBECONFIG": "$FOLDER/sub"},
        files={"sub/file": ""},
        error='the kubeconfig "$FOLDER/sub" cannot be read: Is a directory',
    ),
    Case("empty flags", config(user=TOKEN), ("--context", "", "--token", "", "--server", "", "--kubeconfig", "")),
]
