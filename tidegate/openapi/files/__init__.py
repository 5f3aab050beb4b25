"""What a file of a document holds, as plain values: its encoding, and YAML. Knows no document."""
