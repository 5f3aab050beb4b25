"""Locust bursts, their verdict and the benchmark. Everything else is reached over sockets."""
