"""Tests of proxy/secrets."""
