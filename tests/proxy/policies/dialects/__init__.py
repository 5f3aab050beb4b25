"""Tests of proxy/policies/dialects."""
