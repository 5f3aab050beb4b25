"""Tests of chaos/search."""
