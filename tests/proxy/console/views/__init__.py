"""Tests of tidegate.proxy.console.views."""
