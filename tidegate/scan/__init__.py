"""Anti-patterns in an app's code: calls past the proxy, without timeout, retried by hand. Imports vendor and below."""
