"""The unbounded job: the same graph over what comes, window by window, on an engine of Beam's."""
