"""Benchmarks: Billfold beside its peers, run interleaved in one call. Never part of the tests."""
