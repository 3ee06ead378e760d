"""Records the README's picture: a real shell, kubectl and plugin on the simulated cluster. `make recording`."""
