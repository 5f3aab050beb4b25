"""Tests of tidegate.openapi.named_schemas."""
