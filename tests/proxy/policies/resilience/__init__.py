"""Tests of proxy/policies/resilience."""
