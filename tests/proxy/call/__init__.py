"""Tests of proxy/call."""
