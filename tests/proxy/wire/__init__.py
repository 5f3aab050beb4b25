"""Tests of proxy/wire."""
