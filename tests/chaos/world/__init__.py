"""Tests of chaos/world."""
