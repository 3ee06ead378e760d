"""The legacy auth-provider "oidc"."""

from __future__ import annotations

from typing import Any

from tests.connection.cases.kubeconfigs import CERTIFICATE, PROVIDER, TOKEN, URL, Entry, config
from tests.connection.comparison import Case


def oidc(**changed: Any) -> Entry:
    """A user of the provider; None leaves a field out."""
    fields = {**PROVIDER, **{name.replace("_", "-"): value for name, value in changed.items()}}
    return {"auth-provider": {"name": "oidc", "config": {name: value for name, value in fields.items() if value}}}


CASES = [
    Case("an id-token that holds", config(user=oidc(id_token="$GOOD_TOKEN"))),
    Case(
        "an id-token that holds, and no way to refresh it",
        config(user=oidc(id_token="$GOOD_TOKEN", refresh_token=None)),
    ),
    Case("an id-token that has expired", config(user=oidc(id_token="$EXPIRED_TOKEN"))),
    Case("no id-token", config(user=oidc())),
    Case("a client without a secret", config(user=oidc(client_secret=None))),
    Case("a provider that knows its clients by the form", config(user=oidc(idp_issuer_url=URL + "/form-idp"))),
    Case("a provider whose address ends in a slash", config(user=oidc(idp_issuer_url=URL + "/idp/"))),
    Case(
        "a provider whose authority is in a file",
        config(user=oidc(idp_certificate_authority="$FOLDER/ca.crt", idp_certificate_authority_data=None)),
    ),
    Case(
        "a provider that nobody trusts",
        config(user=oidc(idp_certificate_authority_data=None)),
        error="the certificate of the identity provider at https://127.0.0.1:$HTTPS_PORT cannot be trusted: "
        'unable to get local issuer certificate; check the auth-provider of the user "me" of the '
        "kubeconfig",
    ),
    Case(
        "a provider at no address",
        config(user=oidc(idp_issuer_url="https://[")),
        error='the identity provider "https://[" of the user "me" of the kubeconfig is no address',
    ),
    Case(
        "a provider whose config is a list",
        config(user={"auth-provider": {"name": "oidc", "config": ["a"]}}),
        error='the user "me" of the kubeconfig has an auth-provider "oidc" whose config is not a map',
    ),
    Case(
        "a provider without TLS",
        config(user=oidc(idp_issuer_url="http://127.0.0.1:$HTTP_PORT/idp")),
        differs="a refresh token does not travel in the clear: kubectl sends it",
        error="the identity provider http://127.0.0.1:$HTTP_PORT/idp does not speak https, without which no "
        "token is sent",
    ),
    Case(
        "a provider without an address",
        config(user=oidc(idp_issuer_url=None)),
        error='the user "me" of the kubeconfig has an auth-provider "oidc" without idp-issuer-url',
    ),
    Case(
        "a provider without a client",
        config(user=oidc(client_id=None)),
        error='the user "me" of the kubeconfig has an auth-provider "oidc" without client-id',
    ),
    Case(
        "a refresh-token that is not accepted",
        config(user=oidc(refresh_token="refresh-0")),
        error='the id-token of the user "me" of the kubeconfig cannot be refreshed: the identity provider at '
        'https://127.0.0.1:$HTTPS_PORT answered 400: "{"error": "invalid_grant"}"; check the '
        'auth-provider of the user "me" of the kubeconfig; log in again',
    ),
    Case(
        "no refresh-token",
        config(user=oidc(id_token="$EXPIRED_TOKEN", refresh_token=None)),
        error='the id-token of the user "me" of the kubeconfig has expired and there is no refresh-token: log in again',
    ),
    Case(
        "an id-token that is none",
        config(user=oidc(id_token="a.b")),
        error='the id-token of the user "me" of the kubeconfig is no JSON Web Token with a time of expiry',
    ),
    Case("a provider beside a token", config(user={**oidc(id_token="$EXPIRED_TOKEN"), **TOKEN})),
    Case("a provider beside a client certificate", config(user={**oidc(id_token="$GOOD_TOKEN"), **CERTIFICATE})),
    Case("a provider and impersonation", config(user={**oidc(id_token="$GOOD_TOKEN"), "as": "jane"})),
    Case(
        "a provider, but a server without TLS",
        config({"server": "http://127.0.0.1:$HTTP_PORT"}, oidc(id_token="$EXPIRED_TOKEN")),
    ),
]
