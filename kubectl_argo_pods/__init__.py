"""Find the pods behind the steps of an Argo Workflow, and act on them."""

__version__ = "0.1.0"
__all__ = ["get_argo_workflow_pod_names", "pod_names", "pods"]

# mypy knows this name; importing `typing` would take as long as the rest of `--version`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from kubectl_argo_pods.api import get_argo_workflow_pod_names, pod_names, pods


def __getattr__(name: str) -> object:
    """The Python API, imported when it is first used: every start of the program comes through here."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("kubectl_argo_pods.api"), name)
