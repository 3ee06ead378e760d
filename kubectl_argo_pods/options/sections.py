"""The headings of help."""

from __future__ import annotations

from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.options.containers import Handover, Inside, Interaction, Many
from kubectl_argo_pods.options.logs import Logs, LogView
from kubectl_argo_pods.options.selection import Everywhere, Filters, LogManifests, Manifests
from kubectl_argo_pods.options.setup import Setup
from kubectl_argo_pods.options.view import View

# The headings of help, in its order.
SECTIONS = {
    Filters: "Selection",
    Everywhere: "Selection",
    Manifests: "Selection",
    LogManifests: "Selection",
    Inside: "Container",
    Interaction: "Container",
    Many: "Many pods",
    Logs: "Logs",
    View: "Output",
    LogView: "Output",
    Handover: "Output",
    Connection: "Connection",
    Setup: "Setup",
}
