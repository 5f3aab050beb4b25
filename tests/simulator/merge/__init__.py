"""Tests of simulator/objects/."""
