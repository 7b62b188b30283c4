"""Printing: the same invoice by Billfold, WeasyPrint as in its tutorial, Typst and ReportLab."""
