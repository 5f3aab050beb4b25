"""Tests of tidegate.proxy.console."""
