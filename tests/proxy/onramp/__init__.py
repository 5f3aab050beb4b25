"""Tests of proxy/onramp."""
