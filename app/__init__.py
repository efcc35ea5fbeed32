"""The browser: pages over the core. The only package that imports streamlit."""
