"""Plugins: the marker for hook implementations, the hooks, and what loads them."""
