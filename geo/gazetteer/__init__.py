"""Where places are: names, the index, regions and their outlines."""
