"""Tests of tidegate.adapters.ports."""
