"""Results in, plotly figures out; nothing here knows streamlit."""
