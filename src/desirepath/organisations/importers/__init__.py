"""The publishers' files, read as they are: one module per file, each turning rows into ``found.Found``."""
