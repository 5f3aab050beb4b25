"""Tests of tidegate.proxy.stages."""
