"""Tests of proxy/secrecy."""
