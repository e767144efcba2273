"""The dashboard's pages, and what they share. dashboard.py names them, in st.navigation.

A folder of this name would have Streamlit list every file in it as a page, until st.navigation has
run once: whoever opens a page other than the first on a fresh server would see that list.
"""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

_is_listed = PagesManager.uses_pages_directory
PagesManager.uses_pages_directory = False
if _is_listed:
    st.rerun()  # from the list's page to dashboard.py
