"""Tests of tidegate.loadtests.soak."""
