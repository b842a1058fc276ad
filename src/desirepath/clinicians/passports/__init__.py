"""Her credentials, signed to be carried to another pool or installation, and those that others bring."""
