"""Tests of tidegate.cli.contracts."""
