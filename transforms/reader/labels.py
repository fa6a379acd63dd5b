"""The tag sets of the reader's heads; their order is the order of the model's outputs."""

ROLES = ("content", "source", "cue")
ROLE_TAGS = ("O", *(f"{position}-{role}" for role in ROLES for position in "BI"))
ENTITIES = ("PERSON", "ORG", "LOC", "NORP", "FAC", "PRODUCT", "DATE", "MONEY", "MISC")
ENTITY_TAGS = ("O", *(f"{position}-{label}" for label in ENTITIES for position in "BI"))
