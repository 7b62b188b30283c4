"""Size: many contracts planned, composed and issued, and what memory that takes."""
