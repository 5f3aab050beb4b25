"""Commands that prove something and exit with the verdict: demo, chaos, load, bench. Imports what they prove."""
