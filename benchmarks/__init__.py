"""Measurements of the product as users run it. Every path is an argument; nothing here is imported by the product."""
