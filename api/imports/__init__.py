"""Files that people keep (CSV, XLSX) into facts: every bad row named, good rows kept, twice is once."""
