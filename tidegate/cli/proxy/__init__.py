"""Commands that run the proxy. Imports the proxy, and the programs of the load tests to start it in a process."""
