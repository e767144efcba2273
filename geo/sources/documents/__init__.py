"""Files into documents: one module for each kind of file; `opening.open_file` knows them all."""
