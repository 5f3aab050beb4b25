"""Tests of proxy/policies/credentials."""
