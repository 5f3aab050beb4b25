"""What the proxy must remember over a crash. Knows rows and transactions, and no HTTP."""
