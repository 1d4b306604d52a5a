"""Sheets in and out (XLSX, CSV): guarded, read, checked row by row, reported, written."""
