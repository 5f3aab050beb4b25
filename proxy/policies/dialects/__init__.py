"""What a vendor's headers say about limits and clocks, read and written. Imports nothing of the proxy but call."""
