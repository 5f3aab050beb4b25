"""One vendor at run time: limits, breakers, credential, cache, connections. Imports wire, store and policies."""
