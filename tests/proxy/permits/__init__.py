"""Tests of proxy/permits."""
