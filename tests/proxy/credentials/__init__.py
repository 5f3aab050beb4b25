"""Tests of tidegate.proxy.credentials."""
