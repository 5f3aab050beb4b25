"""The benchmark: what a call through Tidegate costs in processor time, next to a bare aiohttp forwarder, in one run."""
