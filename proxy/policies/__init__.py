"""Pure rules that take `now` and a random source and return decisions. They do no input or output."""
