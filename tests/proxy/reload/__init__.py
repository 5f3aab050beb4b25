"""Tests of proxy/reload."""
