"""Tests of tidegate/cli/remote."""
