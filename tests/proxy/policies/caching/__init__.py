"""Tests of proxy/policies/caching."""
