"""Tests of tidegate.openapi.operations."""
