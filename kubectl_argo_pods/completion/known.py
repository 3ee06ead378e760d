"""What the cluster knows: from the cache while that is fresh, else from the cluster as far as it answers in time."""

from __future__ import annotations

from importlib import import_module

from kubectl_argo_pods.choice import bare_name, choose, is_plain
from kubectl_argo_pods.cluster.kubeconfig_files import Kubeconfig
from kubectl_argo_pods.completion import errand
from kubectl_argo_pods.completion.cache import FRESH, KEPT, Cache, key_of
from kubectl_argo_pods.completion.place import Place
from kubectl_argo_pods.workflow import WorkflowSummary

Rows = list[list[str]]
# What is kept and brought begins with a word, so that no rows can be told from nothing. Texts with tabs and line ends:
# thousands of rows as JSON would take longer to write and read than all else that is done with them.
ROWS = "rows"


class Known:
    """Rows of names about one place; `deadline` is in seconds of time.monotonic."""

    def __init__(self, place: Place, deadline: float) -> None:
        self._place = place
        self._deadline = deadline
        self._cache = Cache(place.connection.cache_dir, place.environ)

    def kubeconfig(self) -> Kubeconfig:
        """What the kubeconfig files hold; raises ConfigError."""
        return self._place.kubeconfig()

    def workflows(self) -> Rows:
        """As `names.workflows`, where the line says to look."""
        namespace = None if self._place.all_namespaces else self._place.namespace
        return self._rows("workflows", namespace, self._place.workflow_selector)

    def nodes(self, word: str) -> Rows:
        """As `names.nodes`, of the workflow that a WORKFLOW word means; raises NoMatchError and UsageError."""
        return self._rows("nodes", *self._workflow(word))

    def pods(self, word: str) -> Rows:
        return self._rows("pods", *self._workflow(word))

    def containers(self, word: str, nodes: tuple[str, ...]) -> Rows:
        return self._rows("pod_containers", *self._workflow(word), list(nodes))

    def labels(self, word: str) -> Rows:
        return self._rows("labels", *(self._workflow(word) if word else (self._place.namespace, "")))

    def namespaces(self) -> Rows:
        """Those of the cluster; for someone who may not list them, those of the kubeconfig."""
        stated = {str(entry["namespace"]) for entry in self.kubeconfig().contexts.values() if entry.get("namespace")}
        return self._rows("namespaces") or [[name, ""] for name in sorted(stated)]

    def _workflow(self, word: str) -> tuple[str, str]:
        """Namespace and name of the workflow that is meant, of several the newest."""
        if is_plain(word) and not self._place.all_namespaces:
            return self._place.namespace, bare_name(word)
        summaries = [WorkflowSummary(row[3], row[0], "", row[2], None, "", {}) for row in self.workflows()]
        chosen = choose(bare_name(word) if is_plain(word) else word, summaries, "")[0]
        return chosen.namespace, chosen.name

    def _rows(self, question: str, *about: object) -> Rows:
        key = key_of(self._place.key, question, about)
        fresh = self._kept(key, FRESH)
        if fresh is not None:
            return fresh
        brought = _rows(errand.run(lambda: self._ask(key, question, about), self._deadline))
        return brought if brought is not None else self._kept(key, KEPT) or []

    def _kept(self, key: str, longest: float) -> Rows | None:
        kept = self._cache.read(key)
        return _rows(kept.content) if kept and kept.age < longest else None

    def _ask(self, key: str, question: str, about: tuple[object, ...]) -> bytes:
        with self._cache.turn(key):
            # While this one waited for its turn, another may have asked.
            rows = self._kept(key, FRESH)
            if rows is not None:
                return _written(rows)
            # It brings all of HTTP with it, which what is kept can do without.
            names = import_module("kubectl_argo_pods.completion.names")
            content = _written(getattr(names, question)(self._place.open(), *about))
            self._cache.write(key, content)
            return content


def _written(rows: Rows) -> bytes:
    """The rows as bytes, without those that nobody can type."""
    return "\n".join([ROWS, *("\t".join(row) for row in rows if "".join(row).isprintable())]).encode()


def _rows(content: bytes) -> Rows | None:
    kind, *lines = content.decode("utf-8", "replace").split("\n")
    return [line.split("\t") for line in lines] if kind == ROWS else None
