"""Tests of proxy/console/traffic."""
