"""Tests of simulator/control/."""
