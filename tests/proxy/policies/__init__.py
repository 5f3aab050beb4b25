"""Tests of proxy/policies."""
