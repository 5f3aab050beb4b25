"""The effective values of one operation, each with its origin. Imports vendor, policy and openapi."""
