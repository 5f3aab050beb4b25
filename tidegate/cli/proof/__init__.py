"""Commands that prove something and exit with the verdict: chaos, load, bench, contracts. Imports what they prove."""
