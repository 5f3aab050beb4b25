"""Tests of proxy/store: the contract that every store keeps."""
