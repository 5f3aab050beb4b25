"""The console's pages of deliveries: lists, one of them, what people do to it. Imports the frame's `view`, the desk."""
