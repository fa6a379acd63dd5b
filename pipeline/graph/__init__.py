"""The Beam graph: how inputs are dealt out, what happens to a shard, and the engines that run it."""
