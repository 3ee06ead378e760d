from __future__ import annotations

import pytest

from kubectl_argo_pods.cluster.proxy import from_environment

PROXY = "http://proxy:3128"


@pytest.mark.parametrize(
    ("scheme", "host", "environ", "expected"),
    [
        pytest.param("https", "api.example", {"HTTPS_PROXY": PROXY}, PROXY, id="for https"),
        pytest.param("https", "api.example", {"https_proxy": "proxy:3128"}, PROXY, id="lower case, without a scheme"),
        pytest.param("https", "api.example", {"HTTP_PROXY": PROXY}, "", id="that of http is not for https"),
        pytest.param("http", "api.example", {"HTTP_PROXY": PROXY}, PROXY, id="for http"),
        pytest.param("https", "127.0.0.1", {"HTTPS_PROXY": PROXY}, "", id="this machine is asked directly"),
        pytest.param("https", "api.example", {"HTTPS_PROXY": PROXY, "NO_PROXY": "example"}, "", id="a domain"),
        pytest.param("https", "example", {"HTTPS_PROXY": PROXY, "NO_PROXY": ".example"}, PROXY, id="below a domain"),
        pytest.param("https", "10.1.2.3", {"HTTPS_PROXY": PROXY, "NO_PROXY": "x, 10.0.0.0/8"}, "", id="a network"),
        pytest.param("https", "a", {"HTTPS_PROXY": PROXY, "NO_PROXY": "a:6443"}, "", id="a host with this port"),
        pytest.param("https", "a", {"HTTPS_PROXY": PROXY, "NO_PROXY": "a:443"}, PROXY, id="a host with another port"),
        pytest.param("https", "a", {"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, "", id="everything"),
        pytest.param("https", "x.a.b", {"HTTPS_PROXY": PROXY, "NO_PROXY": "*.a.b"}, "", id="a domain with a star"),
        pytest.param("https", "a.b", {"HTTPS_PROXY": PROXY, "NO_PROXY": "*.a.b"}, PROXY, id="a domain's own name"),
        pytest.param(
            "https", "10.1.2.3", {"HTTPS_PROXY": PROXY, "NO_PROXY": "2.3"}, PROXY, id="no domain of addresses"
        ),
        pytest.param("https", "fd00::1", {"HTTPS_PROXY": PROXY, "NO_PROXY": "fd00:0::1"}, "", id="IPv6"),
        pytest.param("https", "fd00::1", {"HTTPS_PROXY": PROXY, "NO_PROXY": "[fd00::1]:6443"}, "", id="IPv6 and port"),
        pytest.param("https", "fd00::1", {"HTTPS_PROXY": PROXY, "NO_PROXY": "fd00::/16"}, "", id="a network of IPv6"),
    ],
)
def test_the_proxy_of_the_environment(scheme: str, host: str, environ: dict[str, str], expected: str) -> None:
    assert from_environment(scheme, host, 6443, environ) == expected
