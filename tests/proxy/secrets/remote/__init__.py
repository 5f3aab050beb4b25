"""Tests of proxy/secrets/remote."""
