"""The meaning of the document: kinds of objects, page styles, documented answers. Imports request and below."""
