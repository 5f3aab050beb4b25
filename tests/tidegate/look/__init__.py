"""Tests of tidegate.look."""
