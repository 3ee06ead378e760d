"""What the API server says of who asks: who that is, and what they may do."""

from __future__ import annotations

from collections.abc import Iterable

from kubernetes import client

from kubectl_argo_pods.cluster.client import api_client
from kubectl_argo_pods.cluster.http import Http
from kubectl_argo_pods.permissions import Need


def allowed(http: Http, needs: Iterable[Need], namespace: str | None) -> dict[Need, bool]:
    """Whether each need is met in a namespace, in all of them for None; raises ApiError and UnreachableError."""
    api = client.AuthorizationV1Api(api_client(http))
    return {need: _is_allowed(api, need, namespace or "") for need in needs}


def _is_allowed(api: client.AuthorizationV1Api, need: Need, namespace: str) -> bool:
    resource, _, subresource = need.resource.partition("/")
    attributes = client.V1ResourceAttributes(
        verb=need.verb,
        group=need.group,
        resource=resource,
        subresource=subresource or None,
        namespace=need.namespace or namespace,
        name=next(iter(need.names), None),
    )
    spec = client.V1SelfSubjectAccessReviewSpec(resource_attributes=attributes)
    answer = api.create_self_subject_access_review(client.V1SelfSubjectAccessReview(spec=spec))
    return bool(answer.status and answer.status.allowed)


def user(http: Http) -> tuple[str, list[str]]:
    """The name and the groups of who asks, as the API server sees them; raises ApiError and UnreachableError."""
    api = client.AuthenticationV1Api(api_client(http))
    answer = api.create_self_subject_review(client.V1SelfSubjectReview())
    info = answer.status.user_info if answer.status else None
    return (info.username or "", info.groups or []) if info else ("", [])
