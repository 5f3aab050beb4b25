"""Tests of contracts/drift/use/."""
