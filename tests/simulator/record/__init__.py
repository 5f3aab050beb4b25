"""Tests of simulator/record."""
