"""Entity clusters: the mentions of one person, organization or place in one article."""

from onrecord.transforms.identities.clusters.cluster_mentions import cluster_mentions
from onrecord.transforms.identities.clusters.keys import keys_of
from onrecord.transforms.identities.clusters.mention_cluster import MentionCluster

__all__ = ["MentionCluster", "cluster_mentions", "keys_of"]
