"""Tests of tidegate.proxy.console.entry."""
