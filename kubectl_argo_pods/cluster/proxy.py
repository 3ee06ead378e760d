"""The proxy of HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as Go programs read them (golang.org/x/net/http/httpproxy)."""

from __future__ import annotations

from collections.abc import Mapping


def from_environment(scheme: str, host: str, port: int, environ: Mapping[str, str]) -> str:
    """The proxy's URL; "" for none."""
    name = f"{scheme}_proxy"
    proxy = environ.get(name.upper()) or environ.get(name) or ""
    if not proxy or _is_local(host):
        return ""
    exceptions = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    if any(_covers(word.strip().lower(), host.lower(), port) for word in exceptions.split(",") if word.strip()):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_local(host: str) -> bool:
    return host == "localhost" or host == "::1" or host.startswith("127.")


def _covers(word: str, host: str, port: int) -> bool:
    if word == "*":
        return True
    if "/" in word:
        return _is_in_network(host, word)
    name, colon, stated = word.rpartition(":")
    if colon and stated.isdecimal() and (":" not in name or name.startswith("[")):
        if int(stated) != port:
            return False
        word = name
    word = word.strip("[]").removeprefix("*")
    # A leading dot means the hosts below a domain, a bare name the domain itself besides.
    return host.endswith(word) if word.startswith(".") else host == word or host.endswith(f".{word}")


def _is_in_network(host: str, network: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
