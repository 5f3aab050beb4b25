"""Odd bytes from both sides of the proxy, with h11 as the oracle that reads them too."""
