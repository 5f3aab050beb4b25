"""Tests of simulator/answer."""
