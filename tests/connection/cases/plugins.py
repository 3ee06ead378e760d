"""Credential plugins."""

from __future__ import annotations

from tests.connection.cases.kubeconfigs import CERTIFICATE, SERVER, TOKEN, URL, V1, V1BETA1, Entry, config, plugin
from tests.connection.comparison import Case

CERTIFICATE_STATUS = '{"clientCertificateData": "$PEM_CRT", "clientKeyData": "$PEM_KEY"}'
BOTH_STATUS = '{"token": "from-plugin", "clientCertificateData": "$PEM_CRT", "clientKeyData": "$PEM_KEY"}'
NO_MODE: Entry = plugin()
del NO_MODE["exec"]["interactiveMode"]


def allowing(policy: str | None, *names: str) -> Entry:
    """The preferences of a user who allows plugins so."""
    listed = {"credentialPluginAllowlist": [{"name": name} for name in names]} if names else {}
    policies = {"credentialPluginPolicy": policy} if policy else {}
    return {"apiVersion": "kubectl.config.k8s.io/v1beta1", "kind": "Preference", **policies, **listed}


KUBERC = "home/.kube/kuberc"
CASES = [
    *(
        Case(
            f"a plugin with a zero byte in {where}",
            config(user=user),
            error=f'the credential plugin "{name}" cannot be run: embedded null byte',
        )
        for where, name, user in (
            ("its command", "a^@b", plugin(command="a\0b")),
            ("its arguments", "$FOLDER/plugin", plugin(args=["a\0b"])),
            ("its environment", "$FOLDER/plugin", plugin(env={"A": "a\0b"})),
        )
    ),
    Case(
        "a plugin whose arguments are a text",
        config(user=plugin(args="abc")),
        error='the args of the credential plugin "$FOLDER/plugin" are not a list',
    ),
    Case("a plugin that gives a token in another language", config(user=plugin('{"token": "größe"}'))),
    Case("a plugin", config(user=plugin())),
    Case("a plugin of v1beta1", config(user=plugin(apiVersion=V1BETA1))),
    Case(
        "a plugin of v1beta1 without interactiveMode", config(user={"exec": {**NO_MODE["exec"], "apiVersion": V1BETA1}})
    ),
    Case(
        "a plugin without interactiveMode",
        config(user=NO_MODE),
        error='the credential plugin "$FOLDER/plugin" needs an interactiveMode, one of Never, IfAvailable, '
        'Always, not ""',
    ),
    Case(
        "a plugin of v1alpha1",
        config(user=plugin(apiVersion="client.authentication.k8s.io/v1alpha1")),
        error='the credential plugin "$FOLDER/plugin" has apiVersion "client.authentication.k8s.io/v1alpha1"; '
        "known are client.authentication.k8s.io/v1, client.authentication.k8s.io/v1beta1",
    ),
    Case(
        "a plugin without apiVersion",
        config(user=plugin(apiVersion="")),
        error='the credential plugin "$FOLDER/plugin" has apiVersion ""; known are '
        "client.authentication.k8s.io/v1, client.authentication.k8s.io/v1beta1",
    ),
    Case(
        "a plugin without a command",
        config(user=plugin(command="")),
        error="the credential plugin (exec) of the kubeconfig's user has no command",
    ),
    Case(
        "a plugin with arguments and environment", config(user=plugin(args=["a", "b c"], env={"FROM_KUBECONFIG": "x"}))
    ),
    Case(
        "a plugin whose environment has no name",
        config(user=plugin(env={"": "x"})),
        error='the environment of the credential plugin "$FOLDER/plugin" has a variable without a name',
    ),
    Case(
        "a plugin on PATH",
        config(user=plugin(command="the-plugin")),
        environ={"PATH": "$FOLDER/bin:$PATH"},
        files={"bin/the-plugin": "#!/bin/sh\nexec $FOLDER/plugin\n"},
    ),
    Case("a plugin by its absolute path", config(user=plugin(command="$FOLDER/plugin"))),
    Case(
        "a plugin beside a kubeconfig elsewhere",
        None,
        environ={"KUBECONFIG": "$FOLDER/sub/config"},
        files={"sub/config": config(user=plugin(command="../plugin"))},
    ),
    Case(
        "a plugin that is missing",
        config(user=plugin(command="no-such-plugin", installHint="Get it from here.")),
        error='the credential plugin "no-such-plugin" cannot be run: No such file or directory\nGet it from here.',
    ),
    Case(
        "a plugin that is missing, by its path",
        config(user=plugin(command="./no-such-plugin", installHint="Get it.")),
        error='the credential plugin "$FOLDER/no-such-plugin" cannot be run: No such file or directory\nGet it.',
    ),
    Case(
        "a plugin that may not be executed",
        config(user=plugin(command="./ca.crt", installHint="Get it.")),
        error='the credential plugin "$FOLDER/ca.crt" cannot be run: Permission denied\nGet it.',
    ),
    Case(
        "a plugin that fails",
        config(user=plugin(env={"PLUGIN_EXIT": "3"}, installHint="Log in first.")),
        error='the credential plugin "$FOLDER/plugin" failed with status 3',
    ),
    Case(
        "a plugin that prints no JSON",
        config(user=plugin(command="echo", args=["{"])),
        error='the credential plugin "echo" did not print JSON',
    ),
    Case(
        "a plugin that answers in another version",
        config(user=plugin(env={"PLUGIN_VERSION": V1BETA1})),
        error='the credential plugin "$FOLDER/plugin" did not print an ExecCredential of '
        "client.authentication.k8s.io/v1",
    ),
    Case(
        "a plugin that gives nothing",
        config(user=plugin("{}")),
        error='the credential plugin "$FOLDER/plugin" gave neither a token nor a certificate with its key',
    ),
    Case(
        "a plugin that gives no status",
        config(user=plugin("null")),
        error='the credential plugin "$FOLDER/plugin" gave neither a token nor a certificate with its key',
    ),
    Case("a plugin that gives a certificate", config(user=plugin(CERTIFICATE_STATUS))),
    Case("a plugin that gives a certificate and a token", config(user=plugin(BOTH_STATUS))),
    Case(
        "a plugin that gives a certificate without its key",
        config(user=plugin('{"token": "t", "clientCertificateData": "$PEM_CRT"}')),
        error='the credential plugin "$FOLDER/plugin" gave neither a token nor a certificate with its key',
    ),
    Case(
        "a plugin that gives a certificate that is none",
        config(user=plugin('{"clientCertificateData": "a", "clientKeyData": "b"}')),
        error="the client certificate in what is configured as data cannot be used: there is none in the PEM format",
    ),
    Case(
        "a plugin that gives a token that has expired",
        config(user=plugin('{"token": "t", "expirationTimestamp": "2001-01-01T00:00:00Z"}')),
    ),
    Case(
        "a plugin that gives a token for later",
        config(user=plugin('{"token": "t", "expirationTimestamp": "2101-01-01T00:00:00Z"}')),
    ),
    Case(
        "a plugin that gives a time that is none",
        config(user=plugin('{"token": "t", "expirationTimestamp": "soon"}')),
        error='the credential plugin "$FOLDER/plugin" gave an expirationTimestamp that is no time',
    ),
    Case(
        "a plugin that is told of the cluster",
        config(
            {
                **SERVER,
                "tls-server-name": "api.example",
                "extensions": [{"name": V1.rpartition("/")[0] + "/exec", "extension": {"audience": "x"}}],
            },
            plugin(provideClusterInfo=True),
        ),
    ),
    Case(
        "a plugin that is told of an authority in a file",
        config({"server": URL, "certificate-authority": "ca.crt"}, plugin(provideClusterInfo=True)),
    ),
    Case(
        "a plugin that is told of an insecure cluster",
        config(
            {"server": URL, "insecure-skip-tls-verify": True, "disable-compression": True},
            plugin(provideClusterInfo=True),
        ),
    ),
    Case("a plugin that never gets the terminal", config(user=plugin(interactiveMode="Never"))),
    Case("a plugin that gets the terminal if there is one", config(user=plugin(interactiveMode="IfAvailable"))),
    Case(
        "a plugin that needs a terminal",
        config(user=plugin(interactiveMode="Always")),
        error='the credential plugin "$FOLDER/plugin" needs a terminal on stdin (interactiveMode Always)',
    ),
    Case(
        "a plugin of an unknown mode",
        config(user=plugin(interactiveMode="Sometimes")),
        error='the credential plugin "$FOLDER/plugin" needs an interactiveMode, one of Never, IfAvailable, '
        'Always, not "Sometimes"',
    ),
    Case("a plugin beside a token", config(user={**plugin(), **TOKEN})),
    Case("a plugin beside tokenFile", config(user={**plugin(), "tokenFile": "token"}), files={"token": "from-file"}),
    Case("a plugin beside a user name", config(user={**plugin(), "username": "u", "password": "p"})),
    Case("a plugin beside a client certificate", config(user={**plugin(), **CERTIFICATE})),
    Case(
        "a plugin beside --client-certificate",
        config(user=plugin()),
        ("--client-certificate", "admin.crt", "--client-key", "admin.key"),
    ),
    Case("a plugin and impersonation", config(user={**plugin(), "as": "jane"})),
    Case(
        "a plugin and --server",
        config(user=plugin(provideClusterInfo=True)),
        ("--server", "https://localhost:$HTTPS_PORT"),
    ),
    Case(
        "a plugin that is told of times, numbers and words",
        """
current-context: dev
contexts: [{name: dev, context: {cluster: dev, user: me}}]
clusters:
- name: dev
  cluster:
    server: https://127.0.0.1:$HTTPS_PORT
    certificate-authority-data: $CA_DATA
    extensions:
    - name: client.authentication.k8s.io/exec
      extension: {day: 2020-01-02, time: 2001-12-14T21:59:43Z, number: 1.5, big: 12345678901, word: "yes", truth: true}
users:
- name: me
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./plugin
      interactiveMode: Never
      provideClusterInfo: true
      env: [{name: PLUGIN_STATUS, value: '{"token": "t"}'}]
""",
    ),
    Case(
        "a plugin that is told of what has no end",
        """
current-context: dev
contexts: [{name: dev, context: {cluster: dev, user: me}}]
clusters:
- name: dev
  cluster:
    server: https://127.0.0.1:$HTTPS_PORT
    extensions: [{name: client.authentication.k8s.io/exec, extension: &round {round: *round}}]
users:
- name: me
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./plugin
      interactiveMode: Never
      provideClusterInfo: true
""",
        error='the kubeconfig "$FOLDER/config" is not YAML that can be used: it is nested too deeply, or within itself',
    ),
    Case("plugins are allowed", config(user=plugin()), files={KUBERC: allowing("AllowAll")}),
    Case("preferences without a word of plugins", config(user=plugin()), files={KUBERC: allowing(None)}),
    Case(
        "plugins are denied",
        config(user=plugin()),
        files={KUBERC: allowing("DenyAll")},
        error='the credential plugin "$FOLDER/plugin" may not be run: $FOLDER/home/.kube/kuberc says DenyAll',
    ),
    Case(
        "plugins are denied, but the token is there",
        config(user={**plugin(), **TOKEN}),
        files={KUBERC: allowing("DenyAll")},
    ),
    Case(
        "a plugin is allowed by its path",
        config(user=plugin()),
        files={KUBERC: allowing("Allowlist", "$FOLDER/plugin")},
    ),
    Case(
        "a plugin is allowed by its name",
        config(user=plugin(command="the-plugin")),
        environ={"PATH": "$FOLDER/bin:$PATH"},
        files={"bin/the-plugin": "#!/bin/sh\nexec $FOLDER/plugin\n", KUBERC: allowing("Allowlist", "x", "the-plugin")},
    ),
    Case(
        "a plugin on PATH is allowed by its path",
        config(user=plugin(command="the-plugin")),
        environ={"PATH": "$FOLDER/bin:$PATH"},
        files={KUBERC: allowing("Allowlist", "$FOLDER/bin/the-plugin")},
    ),
    Case(
        "a plugin of an allowed name in another folder",
        config(user=plugin()),
        environ={"PATH": "$FOLDER/bin:$PATH"},
        files={"bin/plugin": "#!/bin/sh\n", KUBERC: allowing("Allowlist", "plugin")},
        error='the credential plugin "$FOLDER/plugin" is not in the credentialPluginAllowlist of '
        "$FOLDER/home/.kube/kuberc",
    ),
    Case(
        "another plugin is allowed",
        config(user=plugin()),
        files={KUBERC: allowing("Allowlist", "other")},
        error='the credential plugin "$FOLDER/plugin" is not in the credentialPluginAllowlist of '
        "$FOLDER/home/.kube/kuberc",
    ),
    Case(
        "plugins are allowed by a list that is missing",
        config(user=plugin()),
        files={KUBERC: allowing("Allowlist")},
        error='the credentialPluginPolicy "Allowlist" of $FOLDER/home/.kube/kuberc does not fit its '
        "credentialPluginAllowlist",
    ),
    Case(
        "plugins are denied beside a list",
        config(user=plugin()),
        files={KUBERC: allowing("DenyAll", "other")},
        error='the credentialPluginPolicy "DenyAll" of $FOLDER/home/.kube/kuberc does not fit its '
        "credentialPluginAllowlist",
    ),
    Case(
        "plugins are allowed in unknown words",
        config(user=plugin()),
        files={KUBERC: allowing("AllowSome")},
        error='the credentialPluginPolicy "AllowSome" of $FOLDER/home/.kube/kuberc does not fit its '
        "credentialPluginAllowlist",
    ),
    Case(
        "plugins are denied by KUBERC",
        config(user=plugin()),
        environ={"KUBERC": "$FOLDER/mine"},
        files={"mine": allowing("DenyAll")},
        error='the credential plugin "$FOLDER/plugin" may not be run: $FOLDER/mine says DenyAll',
    ),
    Case("KUBERC is off", config(user=plugin()), environ={"KUBERC": "off"}, files={KUBERC: allowing("DenyAll")}),
    Case(
        "KUBERC is switched off",
        config(user=plugin()),
        environ={"KUBECTL_KUBERC": "false"},
        files={KUBERC: allowing("DenyAll")},
    ),
    Case(
        "KUBERC is missing",
        config(user=plugin()),
        environ={"KUBERC": "$FOLDER/missing"},
        error="$FOLDER/missing cannot be read, which says what credential plugins may be run",
    ),
    Case(
        "preferences that are no YAML",
        config(user=plugin()),
        files={KUBERC: "a: ["},
        differs="what cannot be read may forbid it: kubectl warns and goes on",
        error="$FOLDER/home/.kube/kuberc cannot be read, which says what credential plugins may be run",
    ),
    Case(
        "preferences of another version",
        config(user=plugin()),
        files={KUBERC: {**allowing("DenyAll"), "apiVersion": "kubectl.config.k8s.io/v9"}},
        differs="what is denied in a later version is denied: kubectl warns and goes on",
        error='the credential plugin "$FOLDER/plugin" may not be run: $FOLDER/home/.kube/kuberc says DenyAll',
    ),
]
