"""Tests of tidegate/check."""
