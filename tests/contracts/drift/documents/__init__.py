"""Tests of contracts/drift/documents/."""
