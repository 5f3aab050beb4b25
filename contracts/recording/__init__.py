"""Exchanges with a real vendor, recorded by mitmproxy, and asked for again. Imports the ground, and no pact."""
