"""Who asks, and as whom."""

from __future__ import annotations

from tests.connection.cases.kubeconfigs import CERTIFICATE, TOKEN, config, plugin
from tests.connection.comparison import Case

CASES = [
    Case(
        "nobody",
        config(),
        error='the user "me" of the kubeconfig has no credentials, and there is no terminal to ask for any; '
        "name some, like --token",
    ),
    Case("a token", config(user=TOKEN)),
    Case(
        "groups that are numbers",
        config(user={**TOKEN, "as": "jane", "as-groups": ["a", 1]}),
        error='as-groups of the user "me" of the kubeconfig is not a list of texts; put each in quotes',
    ),
    Case(
        "extra that is a text",
        config(user={**TOKEN, "as": "jane", "as-user-extra": {"reason": "urgent"}}),
        error='as-user-extra reason of the user "me" of the kubeconfig is not a list of texts; put each in quotes',
    ),
    Case(
        "a token with spaces around it",
        config(user={"token": " secret-token\n"}),
        differs="the token is what stands between the spaces, as in a file: kubectl cannot send it",
    ),
    Case("--token", config(user=TOKEN), ("--token", "from-flag")),
    Case(
        "--token instead of tokenFile",
        config(user={"tokenFile": "token"}),
        ("--token", "from-flag"),
        files={"token": "from-file"},
        differs="what the user has just given counts: kubectl sends the token of the file",
    ),
    Case(
        "--token instead of basic authentication",
        config(user={"username": "u", "password": "p"}),
        ("--token", "from-flag"),
        error='the user "me" of the kubeconfig has both a token and a user name or password; only one is allowed',
    ),
    Case("--token beside a client certificate", config(user=CERTIFICATE), ("--token", "from-flag")),
    Case("--token instead of a plugin", config(user=plugin()), ("--token", "from-flag")),
    Case("tokenFile", config(user={"tokenFile": "token"}), files={"token": " from-file \n"}),
    Case("tokenFile beside a token", config(user={"tokenFile": "token", **TOKEN}), files={"token": "from-file"}),
    Case(
        "tokenFile that is missing",
        config(user={"tokenFile": "missing"}),
        error='the token file "$FOLDER/missing" cannot be read: No such file or directory',
    ),
    Case(
        "tokenFile that no file can be named",
        config(user={"tokenFile": "a\0b"}),
        error='the token file "$FOLDER/a^@b" cannot be read: embedded null byte',
    ),
    Case("tokenFile that is missing beside a token", config(user={"tokenFile": "missing", **TOKEN})),
    Case(
        "tokenFile that is empty",
        config(user={"tokenFile": "token"}),
        files={"token": "\n"},
        error='the token file "$FOLDER/token" is empty',
    ),
    Case("tokenFile that is empty beside a token", config(user={"tokenFile": "token", **TOKEN}), files={"token": "\n"}),
    Case("a user name and a password", config(user={"username": "u", "password": "p:ä"})),
    Case("a user name alone", config(user={"username": "u"})),
    Case(
        "a password alone",
        config(user={"password": "p"}),
        error='the user "me" of the kubeconfig has no credentials, and there is no terminal to ask for any; '
        "name some, like --token",
    ),
    Case(
        "--username and --password",
        config(user={"username": "v", "password": "q"}),
        ("--username", "u", "--password", "p"),
    ),
    Case(
        "--username, the password from the kubeconfig",
        config(user={"username": "v", "password": "q"}),
        ("--username", "u"),
    ),
    Case(
        "--username and --password instead of a token",
        config(user=TOKEN),
        ("--username", "u", "--password", "p"),
        error='the user "me" of the kubeconfig has both a token and a user name or password; only one is allowed',
    ),
    Case(
        "a token beside a user name",
        config(user={**TOKEN, "username": "u", "password": "p"}),
        error='the user "me" of the kubeconfig has both a token and a user name or password; only one is allowed',
    ),
    Case(
        "--token beside --username",
        config(),
        ("--token", "t", "--username", "u"),
        error='the user "me" of the kubeconfig has both a token and a user name or password; only one is allowed',
    ),
    Case("a client certificate as data", config(user=CERTIFICATE)),
    Case("a client certificate as files", config(user={"client-certificate": "admin.crt", "client-key": "admin.key"})),
    Case(
        "a client certificate as data and files",
        config(user={**CERTIFICATE, "client-certificate": "other.crt", "client-key": "other.key"}),
        error='the user "me" of the kubeconfig has both client-certificate and client-certificate-data; remove one',
    ),
    Case("a client certificate beside a token", config(user={**CERTIFICATE, **TOKEN})),
    Case(
        "a client certificate without its key",
        config(user={"client-certificate-data": "$ADMIN_CRT"}),
        error='the user "me" of the kubeconfig has a client-certificate but no client-key, nor client-key-data',
    ),
    Case(
        "a key without its certificate",
        config(user={"client-key-data": "$ADMIN_KEY"}),
        error='the user "me" of the kubeconfig has no credentials, and there is no terminal to ask for any; '
        "name some, like --token",
    ),
    Case("a key without its certificate beside a token", config(user={"client-key-data": "$ADMIN_KEY", **TOKEN})),
    Case(
        "a client certificate with another's key",
        config(user={**CERTIFICATE, "client-key-data": "$OTHER_KEY"}),
        error="the client certificate in what is configured as data cannot be used: the key is another certificate's",
    ),
    Case(
        "a client certificate that is missing",
        config(user={"client-certificate": "missing", "client-key": "admin.key"}),
        error='the client certificate in "$FOLDER/missing" and "$FOLDER/admin.key" cannot be used: '
        '"$FOLDER/missing": No such file '
        "or directory",
    ),
    Case(
        "a client key that is missing",
        config(user={"client-certificate": "admin.crt", "client-key": "missing"}),
        error='the client certificate in "$FOLDER/admin.crt" and "$FOLDER/missing" cannot be used: '
        '"$FOLDER/missing": No such file '
        "or directory",
    ),
    Case(
        "a client certificate that is no base64",
        config(user={**CERTIFICATE, "client-certificate-data": "%"}),
        error="the kubeconfig's client-certificate-data is not base64",
    ),
    Case(
        "a client certificate that is none",
        config(user={**CERTIFICATE, "client-certificate-data": "QUFB"}),
        error="the client certificate in what is configured as data cannot be used: there is none in the PEM format",
    ),
    Case(
        "--client-certificate and --client-key",
        config(),
        ("--client-certificate", "admin.crt", "--client-key", "admin.key"),
    ),
    Case(
        "--client-certificate instead of data",
        config(user=CERTIFICATE),
        ("--client-certificate", "other.crt", "--client-key", "other.key"),
    ),
    Case("as", config(user={**TOKEN, "as": "jane"})),
    Case("as with letters beyond ASCII", config(user={**TOKEN, "as": "größe"})),
    Case(
        "as with a line break",
        config(user={**TOKEN, "as": "jane\nX-Other: y"}),
        error="the user to impersonate cannot be named in the header Impersonate-User: it holds a line break",
    ),
    Case(
        "a token with a line break inside",
        config(user={"token": "se\ncret"}),
        error="the token holds what no header may hold, such as a line break in the middle",
    ),
    Case("a token beyond ASCII", config(user={"token": "größe"})),
    Case(
        "as and its family",
        config(
            user={
                **TOKEN,
                "as": "jane",
                "as-uid": "7",
                "as-groups": ["a", "b"],
                "as-user-extra": {"Scopes/x": ["1", "2"], "z": ["z"]},
            }
        ),
    ),
    Case("--as", config(user=TOKEN), ("--as", "jane")),
    Case(
        "--as and its family",
        config(user=TOKEN),
        (
            "--as",
            "jane",
            "--as-group",
            "a",
            "--as-group",
            "b",
            "--as-uid",
            "7",
            "--as-user-extra",
            "k=1",
            "--as-user-extra",
            "k=2",
        ),
    ),
    Case(
        "--as instead of as", config(user={**TOKEN, "as": "joe", "as-groups": ["a"], "as-uid": "7"}), ("--as", "jane")
    ),
    Case("--as-group beside as", config(user={**TOKEN, "as": "joe", "as-groups": ["a"]}), ("--as-group", "b")),
    Case(
        "--as-group alone",
        config(user=TOKEN),
        ("--as-group", "a"),
        error="--as-group, --as-uid and --as-user-extra need --as, the user to impersonate",
    ),
    Case(
        "--as-uid alone",
        config(user=TOKEN),
        ("--as-uid", "7"),
        error="--as-group, --as-uid and --as-user-extra need --as, the user to impersonate",
    ),
    Case(
        "as-groups alone",
        config(user={**TOKEN, "as-groups": ["a"]}),
        error="--as-group, --as-uid and --as-user-extra need --as, the user to impersonate",
    ),
    Case(
        "as-uid alone",
        config(user={**TOKEN, "as-uid": "7"}),
        error="--as-group, --as-uid and --as-user-extra need --as, the user to impersonate",
    ),
    Case(
        "--as-user-extra that is no pair",
        config(user=TOKEN),
        ("--as", "j", "--as-user-extra", "k"),
        differs="what is not understood is refused: kubectl leaves it out",
        error='--as-user-extra "k" is not KEY=VALUE',
    ),
    Case(
        "auth-provider gcp",
        config(user={"auth-provider": {"name": "gcp", "config": {"access-token": "secret"}}}),
        error='the user "me" of the kubeconfig relies on the auth-provider "gcp", which is gone: use the '
        'credential plugin "gke-gcloud-auth-plugin" instead; see '
        "https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke",
    ),
    Case(
        "auth-provider azure",
        config(user={"auth-provider": {"name": "azure"}}),
        error='the user "me" of the kubeconfig relies on the auth-provider "azure", which is gone: use the '
        "credential plugin https://github.com/Azure/kubelogin instead; see "
        "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins",
    ),
    Case(
        "auth-provider of an unknown name",
        config(user={"auth-provider": {"name": "other"}}),
        error='the user "me" of the kubeconfig relies on the auth-provider "other", which is not known; use a '
        "credential plugin",
    ),
    Case(
        "auth-provider beside a token",
        config(user={"auth-provider": {"name": "gcp"}, **TOKEN}),
        error='the user "me" of the kubeconfig relies on the auth-provider "gcp", which is gone: use the '
        'credential plugin "gke-gcloud-auth-plugin" instead; see '
        "https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke",
    ),
    Case(
        "auth-provider beside --token",
        config(user={"auth-provider": {"name": "gcp"}}),
        ("--token", "t"),
        error='the user "me" of the kubeconfig relies on the auth-provider "gcp", which is gone: use the '
        'credential plugin "gke-gcloud-auth-plugin" instead; see '
        "https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke",
    ),
    Case(
        "auth-provider beside a plugin",
        config(user={"auth-provider": {"name": "gcp"}, **plugin()}),
        error='the user "me" of the kubeconfig relies on the auth-provider "gcp", which is gone: use the '
        'credential plugin "gke-gcloud-auth-plugin" instead; see '
        "https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke",
    ),
]
