"""The egress proxy: holds app traffic to what a vendor allows. Knows nothing of the simulator or the adapters."""
