"""One call: the request, its attempts, its outcome and the reply. Imports the ground alone."""
