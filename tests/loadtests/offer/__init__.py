"""Tests of loadtests/offer/."""
