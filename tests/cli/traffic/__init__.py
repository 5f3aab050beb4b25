"""Tests of tidegate.cli.traffic."""
