"""Tests of tidegate.scan."""
