"""Tests of proxy/settings."""
