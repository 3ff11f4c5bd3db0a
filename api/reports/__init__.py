"""Papers drawn with ReportLab, one file each."""
