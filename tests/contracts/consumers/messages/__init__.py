"""Tests of contracts/consumers/."""
