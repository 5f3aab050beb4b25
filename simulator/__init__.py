"""The fake vendor: enforces the facts of a vendor file. Knows nothing of the proxy or the adapters."""
