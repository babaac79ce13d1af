"""Findings: what a careful coder would remark on in a note, with the fixes."""
