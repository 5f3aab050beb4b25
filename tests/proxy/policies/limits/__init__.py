"""Tests of proxy/policies/limits."""
