"""What the admin port needs of the proxy as a whole, and the page of its audit log. Imports the desk."""
