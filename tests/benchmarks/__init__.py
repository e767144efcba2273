"""Speed, measured in one run: `make bench`, or `python -m tests.benchmarks`."""

import os

# No page runs here, and Streamlit would say so each time it is asked for something.
os.environ.setdefault("STREAMLIT_LOGGER_LEVEL", "error")
