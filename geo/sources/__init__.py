"""Sources: one module per kind of input, each yielding articles."""
