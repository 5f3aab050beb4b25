"""Commands about vendor files: check, explain, describe. Imports the ground, and the proxy's pipeline to print it."""
