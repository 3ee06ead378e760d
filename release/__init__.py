"""Makes what is released: sdist, wheel, archives for krew, checksums, provenance. `make dist` runs it."""
