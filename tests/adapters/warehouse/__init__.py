"""Tests of adapters/warehouse/."""
