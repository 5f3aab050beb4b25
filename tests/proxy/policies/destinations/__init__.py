"""Tests of proxy/policies/destinations."""
