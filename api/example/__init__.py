"""An invented city's spreadsheets, as a clerk would keep them, from a seed."""
