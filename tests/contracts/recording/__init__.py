"""Tests of contracts/recording/."""
