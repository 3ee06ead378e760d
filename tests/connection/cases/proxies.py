"""The ways through proxies."""

from __future__ import annotations

from tests.connection.cases.kubeconfigs import SERVER, TOKEN, Entry, config
from tests.connection.comparison import Case

FAR: Entry = {**SERVER, "server": "https://api.example:$HTTPS_PORT"}
FAR_HTTP: Entry = {"server": "http://api.example:$HTTP_PORT"}
# This machine by an address that is not taken for it, so that proxies count.
HERE: Entry = {**SERVER, "server": "https://0.0.0.0:$HTTPS_PORT", "tls-server-name": "api.example"}
PROXY = "http://127.0.0.1:$PROXY_PORT"

CASES = [
    Case("proxy-url", config({**FAR, "proxy-url": PROXY}, TOKEN)),
    Case(
        "proxy-url with credentials", config({**FAR, "proxy-url": "http://us%40er:p%3Ass@127.0.0.1:$PROXY_PORT"}, TOKEN)
    ),
    Case("proxy-url with a user name alone", config({**FAR, "proxy-url": "http://user@127.0.0.1:$PROXY_PORT"}, TOKEN)),
    Case(
        "proxy-url with TLS",
        config({**FAR, "proxy-url": "https://127.0.0.1:$TLS_PROXY_PORT"}, TOKEN),
        environ={"SSL_CERT_FILE": "$FOLDER/ca.crt"},
    ),
    Case(
        "proxy-url with TLS and credentials",
        config({**FAR, "proxy-url": "https://u:p@localhost:$TLS_PROXY_PORT"}, TOKEN),
        environ={"SSL_CERT_FILE": "$FOLDER/ca.crt"},
    ),
    Case(
        "proxy-url with TLS that nobody trusts",
        config({**FAR, "proxy-url": "https://127.0.0.1:$TLS_PROXY_PORT"}, TOKEN),
    ),
    Case("proxy-url with socks5", config({**FAR, "proxy-url": "socks5://127.0.0.1:$PROXY_PORT"}, TOKEN)),
    Case(
        "proxy-url with socks5 and credentials",
        config({**FAR, "proxy-url": "socks5://us%40er:pass@127.0.0.1:$PROXY_PORT"}, TOKEN),
    ),
    *(
        Case(
            f"proxy-url with socks5 and {what} that is too long",
            config({**FAR, "proxy-url": f"socks5://{pair}@127.0.0.1:$PROXY_PORT"}, TOKEN),
            error='the connection to the Kubernetes API at https://api.example:$HTTPS_PORT (context "dev") was lost: '
            "the proxy socks5://127.0.0.1:$PROXY_PORT did not let through: it takes no user name and no password of "
            "more than 255 bytes",
        )
        for what, pair in (("a user name", f"{'u' * 256}:p"), ("a password", f"u:{'p' * 256}"))
    ),
    Case(
        "proxy-url with socks5 before a host whose name is too long",
        config({**FAR, "server": f"https://{'a.' * 150}b", "proxy-url": "socks5://127.0.0.1:$PROXY_PORT"}, TOKEN),
        error=f'the server "https://{"a." * 150}b" is not an address like https://HOST:PORT',
    ),
    *(
        Case(
            f"proxy-url with {scheme} before a host of another language",
            config(
                {
                    **FAR,
                    "server": "https://bücher.example:$HTTPS_PORT",
                    "tls-server-name": "api.example",
                    "proxy-url": f"{scheme}://127.0.0.1:$PROXY_PORT",
                },
                TOKEN,
            ),
        )
        for scheme in ("http", "socks5")
    ),
    Case(
        "a host of another language that is none",
        config({**SERVER, "server": "https://bü..cher:1"}, TOKEN),
        error='the server "https://bü..cher:1" is not an address like https://HOST:PORT',
    ),
    Case(
        "proxy-url with socks5h",
        config({**FAR, "proxy-url": "socks5h://127.0.0.1:$PROXY_PORT"}, TOKEN),
        error='the proxy "socks5h://127.0.0.1:$PROXY_PORT" speaks "socks5h"; known are http, https, socks5',
    ),
    Case(
        "proxy-url with another scheme",
        config({**FAR, "proxy-url": "ftp://127.0.0.1:$PROXY_PORT"}, TOKEN),
        error='the proxy "ftp://127.0.0.1:$PROXY_PORT" speaks "ftp"; known are http, https, socks5',
    ),
    Case(
        "proxy-url without a scheme",
        config({**FAR, "proxy-url": "127.0.0.1:$PROXY_PORT"}, TOKEN),
        error='the proxy "127.0.0.1:$PROXY_PORT" is not an address like https://HOST:PORT',
    ),
    Case("proxy-url before a server with http", config({**FAR_HTTP, "proxy-url": PROXY}, TOKEN)),
    Case(
        "proxy-url with credentials before a server with http",
        config({**FAR_HTTP, "proxy-url": "http://u:p@127.0.0.1:$PROXY_PORT"}, TOKEN),
    ),
    Case(
        "proxy-url with socks5 before a server with http",
        config({**FAR_HTTP, "proxy-url": "socks5://127.0.0.1:$PROXY_PORT"}, TOKEN),
    ),
    Case(
        "proxy-url where nobody listens",
        config({**FAR, "proxy-url": "http://127.0.0.1:$CLOSED_PORT"}, TOKEN),
        error='the connection to the Kubernetes API at https://api.example:$HTTPS_PORT (context "dev") was '
        "lost: the proxy http://127.0.0.1:$CLOSED_PORT did not let through: Connection refused",
    ),
    Case(
        "proxy-url goes before HTTPS_PROXY",
        config({**FAR, "proxy-url": PROXY}, TOKEN),
        environ={"HTTPS_PROXY": "http://127.0.0.1:$CLOSED_PORT"},
    ),
    Case("proxy-url goes before NO_PROXY", config({**FAR, "proxy-url": PROXY}, TOKEN), environ={"NO_PROXY": "*"}),
    Case("proxy-url for this machine", config({**SERVER, "proxy-url": PROXY}, TOKEN)),
    Case("--proxy-url", config(FAR, TOKEN), ("--proxy-url", PROXY)),
    Case("HTTPS_PROXY", config(FAR, TOKEN), environ={"HTTPS_PROXY": PROXY}),
    Case("https_proxy", config(FAR, TOKEN), environ={"https_proxy": PROXY}),
    Case("HTTPS_PROXY without a scheme", config(FAR, TOKEN), environ={"HTTPS_PROXY": "127.0.0.1:$PROXY_PORT"}),
    Case("HTTPS_PROXY with socks5", config(FAR, TOKEN), environ={"HTTPS_PROXY": "socks5://u:p@127.0.0.1:$PROXY_PORT"}),
    Case("HTTPS_PROXY with socks5h", config(FAR, TOKEN), environ={"HTTPS_PROXY": "socks5h://127.0.0.1:$PROXY_PORT"}),
    Case(
        "HTTPS_PROXY with TLS",
        config(FAR, TOKEN),
        environ={"HTTPS_PROXY": "https://127.0.0.1:$TLS_PROXY_PORT", "SSL_CERT_FILE": "$FOLDER/ca.crt"},
    ),
    Case(
        "HTTPS_PROXY with another scheme",
        config(FAR, TOKEN),
        environ={"HTTPS_PROXY": "ftp://u:secret-password@127.0.0.1:$PROXY_PORT"},
        differs="no proxy speaks FTP: kubectl talks HTTP to it",
        error='the proxy "ftp://***@127.0.0.1:$PROXY_PORT" speaks "ftp"; known are http, https, socks5, socks5h',
    ),
    Case(
        "HTTPS_PROXY for a host whose name begins as this machine's address does",
        config({**SERVER, "server": "https://127.example:$HTTPS_PORT", "tls-server-name": "api.example"}, TOKEN),
        environ={"HTTPS_PROXY": PROXY},
    ),
    Case("HTTP_PROXY before a server with http", config(FAR_HTTP, TOKEN), environ={"HTTP_PROXY": PROXY}),
    Case("HTTP_PROXY before a server with TLS", config(user=TOKEN), environ={"HTTP_PROXY": PROXY}),
    Case("ALL_PROXY, which Go does not know", config(user=TOKEN), environ={"ALL_PROXY": PROXY}),
    Case("HTTPS_PROXY for this machine", config(user=TOKEN), environ={"HTTPS_PROXY": PROXY}),
    Case("NO_PROXY names the host", config(HERE, TOKEN), environ={"HTTPS_PROXY": PROXY, "NO_PROXY": "x, 0.0.0.0"}),
    Case(
        "NO_PROXY names the host and the port",
        config(HERE, TOKEN),
        environ={"HTTPS_PROXY": PROXY, "NO_PROXY": "0.0.0.0:$HTTPS_PORT"},
    ),
    Case("NO_PROXY names a network", config(HERE, TOKEN), environ={"HTTPS_PROXY": PROXY, "NO_PROXY": "0.0.0.0/8"}),
    Case("no_proxy is everything", config(HERE, TOKEN), environ={"HTTPS_PROXY": PROXY, "no_proxy": "*"}),
    Case(
        "NO_PROXY names the host's domain",
        config({**SERVER, "server": "https://api.example.invalid:$HTTPS_PORT"}, TOKEN),
        environ={"HTTPS_PROXY": PROXY, "NO_PROXY": ".example.invalid"},
        error='the Kubernetes API at https://api.example.invalid:$HTTPS_PORT (context "dev") cannot be found: '
        "the host api.example.invalid is not known to DNS; check the network, and check the server of "
        "its kubeconfig entry",
    ),
    Case(
        "NO_PROXY names others",
        config(HERE, TOKEN),
        environ={"HTTPS_PROXY": PROXY, "NO_PROXY": "other,0.0.0.0:1,127.0.0.0/8,.0.0"},
    ),
]
