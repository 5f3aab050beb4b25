"""Tests of simulator/trouble/."""
