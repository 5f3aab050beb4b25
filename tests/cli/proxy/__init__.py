"""Tests of tidegate.cli.proxy."""
