"""Tests of simulator/storage/."""
