"""Tests of proxy/policies/delivery."""
