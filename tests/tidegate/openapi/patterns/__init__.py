"""Tests of tidegate.openapi.patterns."""
