"""Beam's engines by name: what each needs, whether it is here, and what a job that it is to run may hold."""
