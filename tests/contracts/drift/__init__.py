"""Tests of contracts/drift/."""
