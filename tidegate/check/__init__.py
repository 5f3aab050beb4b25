"""The judgement of a vendor file (`tidegate check`), and the pages made from it. Imports plan and all below it."""
