"""Which server, on what terms."""

from __future__ import annotations

from tests.connection.cases.kubeconfigs import CA, CERTIFICATE, SERVER, TOKEN, URL, config, plugin
from tests.connection.comparison import Case

WITH_USER = "https://u%40er:secret-password@127.0.0.1:$HTTPS_PORT"
CASES = [
    Case("the authority as a file", config({"server": URL, "certificate-authority": "ca.crt"}, TOKEN)),
    Case(
        "the authority as a file and as data",
        config({"server": URL, "certificate-authority": "clients.crt", **CA}, TOKEN),
        error='the cluster "dev" has both certificate-authority and certificate-authority-data; remove one',
    ),
    Case(
        "the authority as a file that is missing",
        config({"server": URL, "certificate-authority": "missing"}, TOKEN),
        error='the kubeconfig\'s certificate-authority "$FOLDER/missing" cannot be used: No such file or directory',
    ),
    Case(
        "the authority as data that is not base64",
        config({"server": URL, "certificate-authority-data": "%"}, TOKEN),
        error="the kubeconfig's certificate-authority-data is not base64",
    ),
    Case(
        "the authority as data that is no certificate",
        config({"server": URL, "certificate-authority-data": "QUFB"}, TOKEN),
        error="the kubeconfig's certificate-authority-data cannot be used: there is none in the PEM format",
    ),
    Case(
        "the authority as data with a comment",
        config({"server": URL, "certificate-authority-data": "$COMMENTED_CA_DATA"}, TOKEN),
    ),
    Case(
        "no authority",
        config({"server": URL}, TOKEN),
        error='the certificate of the Kubernetes API at https://127.0.0.1:$HTTPS_PORT (context "dev") cannot '
        "be trusted: unable to get local issuer certificate; check the certificate-authority of its kubeconfig entry, "
        "or name one with --certificate-authority",
    ),
    Case(
        "another authority",
        config({"server": URL, "certificate-authority": "clients.crt"}, TOKEN),
        error='the certificate of the Kubernetes API at https://127.0.0.1:$HTTPS_PORT (context "dev") cannot '
        "be trusted: unable to get local issuer certificate; check the certificate-authority of its kubeconfig entry, "
        "or name one with --certificate-authority",
    ),
    Case("--certificate-authority", config({"server": URL}, TOKEN), ("--certificate-authority", "ca.crt")),
    Case(
        "--certificate-authority instead of data",
        config(user=TOKEN),
        ("--certificate-authority", "clients.crt"),
        error='the certificate of the Kubernetes API at https://127.0.0.1:$HTTPS_PORT (context "dev") cannot '
        "be trusted: unable to get local issuer certificate; check the certificate-authority of its kubeconfig entry, "
        "or name one with --certificate-authority",
    ),
    Case("insecure-skip-tls-verify", config({"server": URL, "insecure-skip-tls-verify": True}, TOKEN)),
    Case(
        "insecure-skip-tls-verify beside an authority",
        config({**SERVER, "insecure-skip-tls-verify": True}, TOKEN),
        error='the cluster "dev" has both certificate-authority-data and insecure-skip-tls-verify; remove one',
    ),
    Case("--insecure-skip-tls-verify", config({"server": URL}, TOKEN), ("--insecure-skip-tls-verify",)),
    Case("--insecure-skip-tls-verify instead of an authority", config(user=TOKEN), ("--insecure-skip-tls-verify",)),
    Case(
        "--insecure-skip-tls-verify=false",
        config({"server": URL, "insecure-skip-tls-verify": True}, TOKEN),
        ("--insecure-skip-tls-verify=false",),
    ),
    Case("tls-server-name", config({**SERVER, "tls-server-name": "api.example"}, TOKEN)),
    Case(
        "tls-server-name that the certificate lacks",
        config({**SERVER, "tls-server-name": "other.example"}, TOKEN),
        error='the certificate of the Kubernetes API at https://127.0.0.1:$HTTPS_PORT (context "dev") '
        "cannot be trusted: Hostname mismatch, certificate is not valid for 'other.example'; check the "
        "server of its kubeconfig entry",
    ),
    Case("tls-server-name with a dot at its end", config({**SERVER, "tls-server-name": "api.example."}, TOKEN)),
    *(
        Case(
            f"tls-server-name that is none: {name}",
            config({**SERVER, "tls-server-name": name}, TOKEN),
            error=f'the tls-server-name "{name}" is not the name of a host',
        )
        for name in (".example", ".")
    ),
    Case("--tls-server-name", config(user=TOKEN), ("--tls-server-name", "api.example")),
    Case("--server", config({**SERVER, "server": "https://nowhere.invalid"}, TOKEN), ("--server", URL)),
    Case(
        "--server forgets tls-server-name",
        config({**SERVER, "tls-server-name": "other.example"}, TOKEN),
        ("--server", URL),
    ),
    Case("a host name, which goes into SNI", config({**SERVER, "server": "https://localhost:$HTTPS_PORT"}, TOKEN)),
    Case("a path before all others", config({**SERVER, "server": URL + "/k8s/clusters/c-1"}, TOKEN)),
    Case("a path with a slash at its end", config({**SERVER, "server": URL + "/k8s/"}, TOKEN)),
    Case("a slash at the end", config({**SERVER, "server": URL + "/"}, TOKEN)),
    Case("a path with a query", config({**SERVER, "server": URL + "/k8s?a=b"}, TOKEN)),
    Case(
        "a path with spaces, letters of a language and what is escaped",
        config({**SERVER, "server": URL + "/a b/ü/c%2Fd"}, TOKEN),
    ),
    Case("a path with steps", config({**SERVER, "server": URL + "//k8s/../a//b/."}, TOKEN)),
    Case("a user before the host", config({**SERVER, "server": WITH_USER}, TOKEN)),
    Case(
        "a user before the host, and a plugin",
        config({**SERVER, "server": WITH_USER}, plugin()),
        differs="the URL says who asks: kubectl runs the plugin besides, which might have a certificate",
    ),
    Case("a user before the host, and a client certificate", config({**SERVER, "server": WITH_USER}, CERTIFICATE)),
    Case("a user before the host, and impersonation", config({**SERVER, "server": WITH_USER}, {**TOKEN, "as": "jane"})),
    Case(
        "a user before the host alone",
        config({**SERVER, "server": WITH_USER}),
        differs="the URL says who asks: kubectl asks its user all the same, and then sends what the URL says",
    ),
    Case(
        "a user before the host of http",
        config({"server": "http://u:secret-password@127.0.0.1:$HTTP_PORT"}),
        differs="no password in the clear: kubectl sends it",
    ),
    Case(
        "a user before a host where nobody listens",
        config({**SERVER, "server": "https://u:secret-password@127.0.0.1:$CLOSED_PORT"}, TOKEN),
        error='the connection to the Kubernetes API at https://127.0.0.1:$CLOSED_PORT (context "dev") was '
        "refused; is it running? If so, check the server of its kubeconfig entry",
    ),
    Case("http", config({"server": "http://127.0.0.1:$HTTP_PORT"}, {**TOKEN, **CERTIFICATE})),
    Case(
        "http with basic authentication",
        config({"server": "http://127.0.0.1:$HTTP_PORT"}, {"username": "u", "password": "p"}),
    ),
    Case("http with a plugin", config({"server": "http://127.0.0.1:$HTTP_PORT"}, plugin())),
    Case("http with impersonation", config({"server": "http://127.0.0.1:$HTTP_PORT"}, {**TOKEN, "as": "jane"})),
    Case("http with --token", config({"server": "http://127.0.0.1:$HTTP_PORT"}), ("--token", "t")),
    Case("no scheme", config({"server": "127.0.0.1:$HTTP_PORT"}, TOKEN)),
    Case("no scheme beside an authority", config({"server": "127.0.0.1:$HTTP_PORT", **CA}, TOKEN)),
    Case(
        "no scheme beside a client certificate",
        config({"server": "127.0.0.1:$HTTP_PORT", "insecure-skip-tls-verify": True}, CERTIFICATE),
    ),
    Case("a scheme in capitals", config({**SERVER, "server": "HTTPS://127.0.0.1:$HTTPS_PORT"}, TOKEN)),
    Case(
        "another scheme",
        config({**SERVER, "server": "ftp://127.0.0.1:$HTTPS_PORT"}, TOKEN),
        error='the server "ftp://127.0.0.1:$HTTPS_PORT" is not an address like https://HOST:PORT',
    ),
    Case(
        "no server",
        config({"certificate-authority-data": "$CA_DATA"}, TOKEN),
        error='context "dev" names no cluster with a server; add one or name it with --server',
    ),
    Case(
        "a port where nobody listens",
        config({**SERVER, "server": "https://127.0.0.1:$CLOSED_PORT"}, TOKEN),
        error='the connection to the Kubernetes API at https://127.0.0.1:$CLOSED_PORT (context "dev") was '
        "refused; is it running? If so, check the server of its kubeconfig entry",
    ),
    Case(
        "https where http is spoken",
        config({**SERVER, "server": "https://127.0.0.1:$HTTP_PORT"}, TOKEN),
        error='the Kubernetes API at https://127.0.0.1:$HTTP_PORT (context "dev") does not speak TLS; is it '
        "one for http? check the server of its kubeconfig entry",
    ),
    Case(
        "http where https is spoken",
        config({"server": "http://127.0.0.1:$HTTPS_PORT"}, TOKEN),
        error='the Kubernetes API at http://127.0.0.1:$HTTPS_PORT (context "dev") answered 400: "Client sent '
        'an HTTP request to an HTTPS server."; check the server of its kubeconfig entry',
    ),
    Case(
        "a host that DNS does not know",
        config({**SERVER, "server": "https://nowhere.invalid"}, TOKEN),
        error='the Kubernetes API at https://nowhere.invalid (context "dev") cannot be found: the host '
        "nowhere.invalid is not known to DNS; check the network, and check the server of its kubeconfig "
        "entry",
    ),
    Case("IPv6 in brackets", config({**SERVER, "server": "https://[::1]:$HTTPS6_PORT"}, TOKEN)),
    Case("disable-compression", config({**SERVER, "disable-compression": True}, TOKEN)),
    Case("--disable-compression", config(user=TOKEN), ("--disable-compression",)),
    Case("--request-timeout", config(user=TOKEN), ("--request-timeout", "10s")),
    Case("--request-timeout in seconds", config(user=TOKEN), ("--request-timeout", "10")),
    Case("--request-timeout in hours and fractions", config(user=TOKEN), ("--request-timeout", "0.5h1.5s")),
    Case(
        "--request-timeout that is no time",
        config(user=TOKEN),
        ("--request-timeout", "soon"),
        error='--request-timeout "soon" is not a time like 30, 10s or 1m30s',
    ),
    Case(
        "--request-timeout of a million years",
        config(user=TOKEN),
        ("--request-timeout", "9999999999h"),
        error='--request-timeout "9999999999h" is not a time like 30, 10s or 1m30s',
    ),
    Case(
        "--request-timeout of very many seconds",
        config(user=TOKEN),
        ("--request-timeout", "99999999999"),
        differs="what no clock can count is no time: kubectl's counter overflows, and it waits for ever or not at all",
        error='--request-timeout "99999999999" is not a time like 30, 10s or 1m30s',
    ),
    Case(
        "--request-timeout below zero",
        config(user=TOKEN),
        ("--request-timeout=-1s",),
        differs="a time below zero is no time: kubectl waits for ever",
        error='--request-timeout "-1s" is not a time like 30, 10s or 1m30s',
    ),
    Case("--server without a scheme", config(user=TOKEN), ("--server", "127.0.0.1:$HTTP_PORT")),
    Case(
        "--server and --tls-server-name",
        config({**SERVER, "tls-server-name": "other.example"}, TOKEN),
        ("--server", URL, "--tls-server-name", "api.example"),
    ),
    Case(
        "an answer that points elsewhere",
        config({**SERVER, "server": URL + "/moved"}, TOKEN),
        differs="credentials do not follow to wherever an answer points, a login page most often: kubectl follows",
        error='the Kubernetes API at https://127.0.0.1:$HTTPS_PORT/moved (context "dev") answered 302, which '
        "sends one elsewhere, as to a login page; check the server of its kubeconfig entry",
    ),
]
