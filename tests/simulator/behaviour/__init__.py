"""Tests of simulator/behaviour/."""
