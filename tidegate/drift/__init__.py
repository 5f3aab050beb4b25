"""Drift by name: the kinds of change a vendor can make, and what its answers show of them. Imports openapi."""
