"""Drift by name: the kinds of change a vendor makes, and what its answers show of them. Imports openapi, redaction."""
