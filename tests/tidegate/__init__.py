"""Tests of tidegate."""
