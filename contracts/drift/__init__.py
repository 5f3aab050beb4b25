"""What a vendor changed, and whom of us it breaks: documents, answers and cassettes compared. Imports the ground."""
