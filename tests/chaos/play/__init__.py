"""Tests of chaos/play."""
