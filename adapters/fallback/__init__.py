"""Several vendors behind one port: a later one stands in for those before it. Knows the ports, and no vendor."""
