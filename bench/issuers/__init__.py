"""Rivals for numbers: hundreds who issue documents of one series at the same moment, some of whom fail."""
