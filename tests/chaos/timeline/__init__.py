"""Tests of chaos/timeline."""
