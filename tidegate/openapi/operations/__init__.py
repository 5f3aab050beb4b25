"""The operations of a document: where they stand, what tells them apart, who may call them. Imports document_file."""
