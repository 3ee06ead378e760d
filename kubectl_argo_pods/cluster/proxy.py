"""The proxy of HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as Go programs read them (golang.org/x/net/http/httpproxy)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

    Address = IPv4Address | IPv6Address


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
    address = _address(host)
    return address.is_loopback if address else host == "localhost"


def _covers(word: str, host: str, port: int) -> bool:
    """Whether a word of NO_PROXY means the host: an address by its value or network, a name by itself or its domain."""
    if word == "*":
        return True
    name, stated = _host_and_port(word)
    if stated not in ("", str(port)):
        return False
    address = _address(host)
    if address is not None:
        return _is_in_network(address, word) or address == _address(name)
    name = name.removeprefix("*") if name.startswith("*.") else name
    # A leading dot means the hosts below a domain, a bare name the domain itself besides.
    return host.endswith(name) if name.startswith(".") else host == name or host.endswith(f".{name}")


def _host_and_port(word: str) -> tuple[str, str]:
    name, colon, stated = word.rpartition(":")
    has_port = colon and (":" not in name or name.endswith("]"))
    return (name if has_port else word).strip("[]"), stated if has_port else ""


def _address(text: str) -> Address | None:
    import ipaddress

    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_in_network(address: Address, network: str) -> bool:
    import ipaddress

    try:
        return "/" in network and address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
