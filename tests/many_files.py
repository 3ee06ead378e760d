"""What a program meets that inherits many open files."""

from __future__ import annotations

# Runs a program that inherits more open files than a select can wait for.
MANY_FILES = """
import os, resource, sys
limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit, 4096), limit))
for _ in range(1100):
    os.set_inheritable(os.dup(2), True)
os.execv(sys.argv[1], sys.argv[1:])
"""
