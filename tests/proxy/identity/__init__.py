"""Tests of proxy/identity."""
