"""What need not be read again: inputs and records that are as they were, rows under new ids, finished shards."""
