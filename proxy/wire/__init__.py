"""To the vendor: addresses, connections, one exchange. Imports call and the world; knows no policy."""
