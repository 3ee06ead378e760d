"""Find the pods behind the steps of an Argo Workflow, and act on them."""

__version__ = "0.1.0"
