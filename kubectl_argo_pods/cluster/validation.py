"""What contradicts itself in a kubeconfig's cluster or user, by kubectl's rules: such a thing is refused, not guessed.

The rules are those of k8s.io/client-go/tools/clientcmd/validation.go and .../rest/transport.go.
"""

from __future__ import annotations

from kubectl_argo_pods.cluster.kubeconfig_files import Entry
from kubectl_argo_pods.errors import ConfigError

# kubectl's own hints for providers that it knew once (k8s.io/client-go/plugin/pkg/client/auth/{azure,gcp}).
REMOVED_PROVIDERS = {
    "azure": "use the credential plugin https://github.com/Azure/kubelogin instead; see "
    "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins",
    "gcp": 'use the credential plugin "gke-gcloud-auth-plugin" instead; see '
    "https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke",
}


def check_cluster(entry: Entry, what: str) -> None:
    """Raises ConfigError; `what` is how sentences call the cluster."""
    authorities = [key for key in ("certificate-authority", "certificate-authority-data") if entry.get(key)]
    if len(authorities) == 2:
        raise ConfigError(f"{what} has both certificate-authority and certificate-authority-data; remove one")
    if authorities and entry.get("insecure-skip-tls-verify"):
        raise ConfigError(f"{what} has both {authorities[0]} and insecure-skip-tls-verify; remove one")


def check_user(user: Entry, what: str) -> None:
    """Raises ConfigError; `what` is how sentences call the user."""
    if user.get("token") and (user.get("username") or user.get("password")):
        raise ConfigError(f"{what} has both a token and a user name or password; only one is allowed")
    if any(user.get(key) for key in ("as-uid", "as-groups", "as-user-extra")) and not user.get("as"):
        raise ConfigError("--as-group, --as-uid and --as-user-extra need --as, the user to impersonate")
    extra = user.get("as-user-extra") or {}
    for field, texts in (
        ("as-groups", user.get("as-groups")),
        *((f"as-user-extra {key}", extra[key]) for key in extra),
    ):
        _check_texts(texts or [], f"{field} of {what}")
    if user.get("client-certificate") or user.get("client-certificate-data"):
        _check_certificate(user, what)
    if user.get("auth-provider"):
        _check_provider(user["auth-provider"], what)
        if user.get("exec"):
            raise ConfigError(f"{what} has both an auth-provider and a credential plugin (exec); remove one")


def _check_texts(texts: object, what: str) -> None:
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ConfigError(f"{what} is not a list of texts; put each in quotes")


def _check_certificate(user: Entry, what: str) -> None:
    for field in ("client-certificate", "client-key"):
        if user.get(field) and user.get(f"{field}-data"):
            raise ConfigError(f"{what} has both {field} and {field}-data; remove one")
        if not user.get(field) and not user.get(f"{field}-data"):
            raise ConfigError(f"{what} has a client-certificate but no {field}, nor {field}-data")


def _check_provider(provider: Entry, what: str) -> None:
    name = provider.get("name")
    if name in REMOVED_PROVIDERS:
        raise ConfigError(f'{what} relies on the auth-provider "{name}", which is gone: {REMOVED_PROVIDERS[str(name)]}')
    if name != "oidc":
        raise ConfigError(f'{what} relies on the auth-provider "{name}", which is not known; use a credential plugin')
