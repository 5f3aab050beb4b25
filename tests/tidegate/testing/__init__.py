"""Tests of tidegate.testing."""
