"""Tests of tidegate.vendor.presumed."""
