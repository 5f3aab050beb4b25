"""Tests of simulator/request/."""
