"""Mutation of contracts: answers in which one field is other, and whether the pact notices where its adapter does."""
