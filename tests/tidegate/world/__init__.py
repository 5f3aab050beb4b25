"""Tests of tidegate/world."""
