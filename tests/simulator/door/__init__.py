"""Tests of simulator/door/."""
