"""Readers of the public data sets that ``training`` learns from and ``benchmarks`` measures on; they import neither."""
