"""The tag sets of the reader's heads, and where each stands in the model's output."""

ROLES = ("content", "source", "cue")
ROLE_TAGS = ("O", *(f"{position}-{role}" for role in ROLES for position in "BI"))
ENTITIES = ("PERSON", "ORG", "LOC", "NORP", "FAC", "PRODUCT", "DATE", "MONEY", "MISC")
ENTITY_TAGS = ("O", *(f"{position}-{label}" for label in ENTITIES for position in "BI"))
#: The columns of each head; of "sentences" the second says that one starts.
TAGS = {"roles": slice(0, 7), "entities": slice(7, 26), "sentences": slice(26, 28)}
N_TAGS = 28
