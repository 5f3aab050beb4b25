"""Tests of proxy/forward."""
