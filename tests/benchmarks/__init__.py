"""Speed, measured in one run: `make bench`, or `python -m tests.benchmarks`."""

import logging

# Streamlit says each time that no page runs here, which is so.
logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = True
