"""Tests of tidegate/openapi."""
