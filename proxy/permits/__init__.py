"""The permits of a vendor's limits, and the room where calls wait for one. Imports call and policies."""
