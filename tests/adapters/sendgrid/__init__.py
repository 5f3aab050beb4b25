"""Tests of adapters/sendgrid/."""
