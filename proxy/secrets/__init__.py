"""Secrets: where they are read from, which version is in force, the watch for new ones. Imports policies and wire."""
