"""Commands that run the proxy, or talk to its admin port. Imports the proxy, and the load tests' programs."""
