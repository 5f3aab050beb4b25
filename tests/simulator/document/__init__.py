"""Tests of simulator/document/."""
