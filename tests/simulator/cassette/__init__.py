"""Tests of simulator/cassette."""
