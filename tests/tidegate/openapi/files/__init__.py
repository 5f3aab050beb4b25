"""Tests of tidegate.openapi.files."""
