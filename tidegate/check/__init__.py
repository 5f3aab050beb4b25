"""The judgement of a vendor file: `tidegate check`. Imports plan and all below it."""
