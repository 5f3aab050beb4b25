"""Tests of tidegate.cli.simulator."""
