"""logs beside kubectl's, argo's and stern's, on what tests/bench/log_objects.py has made.

A kubelet hands out some megabytes a second, whoever asks: clients differ in what they use of the processors.
"""

from __future__ import annotations

from tests.bench.log_objects import LIVE, ONE, TWENTY
from tests.bench.values import PLUGIN, Comparison, Rival

PODS_OF = "--selector=workflows.argoproj.io/workflow="
ROUNDS = 3
QUICK_ROUNDS = 25
STERN = ("stern", "--no-follow", "--tail=-1", "--color=never", "--container=main", "--max-log-requests=50")
KUBECTL = ("kubectl", "logs", "--container=main", "--tail=-1")
# Ends the command behind it when its first line has come.
FIRST_LINE = ("bash", "-c", 'read -r line < <(exec "$@") || exit; kill $!; echo "$line"', "first-line-of")


def comparisons() -> tuple[Comparison, ...]:
    return (
        Comparison(
            "a log of 100 MB",
            ((PLUGIN, "logs", ONE),),
            (Rival((*KUBECTL, f"{PODS_OF}{ONE}"), time=1.05, cpu=0.7),),
            ROUNDS,
        ),
        Comparison(
            "20 logs of 10 MB in the order of their times",
            ((PLUGIN, "logs", TWENTY),),
            (
                Rival(("argo", "logs", TWENTY, "--no-color"), time=1.05, memory=0.6, cpu=0.6),
                Rival((*STERN, f"{PODS_OF}{TWENTY}"), time=1.05),
            ),
            ROUNDS,
        ),
        Comparison(
            "the first line of a log that is followed",
            ((*FIRST_LINE, PLUGIN, "logs", LIVE, "-f"),),
            (Rival((*FIRST_LINE, *KUBECTL, f"{PODS_OF}{LIVE}", "-f"), time=1.3),),
            QUICK_ROUNDS,
        ),
    )
