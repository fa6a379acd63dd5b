"""What keeps a data set small and right over the years: compaction, vacuum, history, and forgetting what has to go."""
