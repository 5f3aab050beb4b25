"""Tests of tidegate.proxy.stages.relay."""
