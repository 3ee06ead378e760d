"""Who may do what: bearer tokens and certificates name users, rules say what these may do."""

from __future__ import annotations

from typing import Any, NamedTuple

from aiohttp import web

from tests.cluster.resources import Resource
from tests.cluster.statuses import Asked, forbidden, unauthorized

USERS = Resource("", "v1", "users", "User", namespaced=False)


class Rule(NamedTuple):
    """One line of a Role; namespace `*` makes it one of a ClusterRole that is bound everywhere."""

    verbs: tuple[str, ...]
    resource: str  # the plural, with the subresource as in `pods/log`; `*` for all
    namespace: str = "*"
    names: tuple[str, ...] = ()

    def allows(self, asked: Asked) -> bool:
        plural = "/".join(filter(None, (asked.resource.plural, asked.subresource)))
        return (
            ("*" in self.verbs or asked.verb in self.verbs)
            and self.resource in ("*", plural)
            and self.namespace in ("*", asked.namespace)
            and (not self.names or asked.name in self.names)
        )


EVERYTHING = (Rule(("*",), "*"),)
NOTHING: tuple[Rule, ...] = ()


class Access:
    """Users by token; `rules` of a user can be changed while the server runs."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}
        self.rules: dict[str, tuple[Rule, ...]] = {}

    def add_user(self, name: str, *rules: Rule, token: str = "") -> str:
        """Lets a user in, by the token that is returned or by a certificate of that name."""
        token = token or f"token-of-{name}"
        self.tokens[token] = name
        self.rules[name] = rules
        return token

    def user_of(self, request: web.Request) -> str:
        """The user whom a request speaks for; raises 401 for credentials that nobody has."""
        user = self._authenticated(request)
        impersonated = request.headers.get("Impersonate-User")
        if impersonated is None:
            return user
        self.check(user, Asked("impersonate", USERS, "", impersonated))
        return impersonated

    def check(self, user: str, asked: Asked) -> None:
        if not any(rule.allows(asked) for rule in self.rules.get(user, NOTHING)):
            raise forbidden(user, asked)

    def _authenticated(self, request: web.Request) -> str:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        # A certificate is looked at before the token, as in the API server's union of authenticators.
        if name := _certificate_name(request.get_extra_info("peercert")):
            return name
        if not scheme:
            return "system:anonymous"
        # Name and password are a token like another, as they were for the API server before 1.19.
        if scheme.lower() not in ("bearer", "basic") or token not in self.tokens:
            raise unauthorized()
        return self.tokens[token]


def _certificate_name(certificate: Any) -> str:
    subject: dict[str, str] = {key: value for part in (certificate or {}).get("subject", ()) for key, value in part}
    return subject.get("commonName", "")
