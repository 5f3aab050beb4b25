"""Tests of simulator/values/."""
