"""Tests of tidegate.cli.vendor."""
