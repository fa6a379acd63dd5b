"""Entity clusters: the mentions of one person, organization or place in one article."""

from onrecord.transforms.identities.clusters.cluster_mentions import cluster_mentions
from onrecord.transforms.identities.clusters.entity_cluster import EntityClusterBuilder
from onrecord.transforms.identities.clusters.keys import keys_of

__all__ = ["EntityClusterBuilder", "cluster_mentions", "keys_of"]
