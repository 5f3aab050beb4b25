"""Tests of tidegate.cli.proof."""
