"""The reader's network: MiniLM with three facts added to each word piece, and small heads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel

from onrecord.transforms.reader.labels import N_TAGS
from onrecord.transforms.reader.pieces import N_FEATURES

#: The pointers, in the order of the outputs: content piece -> its cue, cue piece -> its source, mention -> antecedent.
POINTERS = ("content_cue", "cue_source", "antecedent")
HIDDEN_SIZE, TAG_HIDDEN_SIZE, POINTER_SIZE = 384, 256, 96


class ReaderNetwork(nn.Module):
    """Ids, features and mask ``[batch, length]`` ->
    tags ``[batch, length, N_TAGS]``, pointers ``[batch, 3, length, length]``.

    Row i of a pointer scores the pieces that i may point to; position 0 (the opening special piece) means none.
    """

    def __init__(self, encoder: Path, *, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            encoder,
            hidden_dropout_prob=0.0,  # inside the layers, drawing the random numbers costs as much as the layers
            attention_probs_dropout_prob=0.0,
            add_pooling_layer=False,
            attn_implementation="eager",  # twice as fast as the fused kernel on a CPU
        )
        self.features = nn.Embedding(N_FEATURES, HIDDEN_SIZE)
        nn.init.normal_(self.features.weight, std=0.02)
        self.tags = nn.Sequential(
            nn.Linear(HIDDEN_SIZE, TAG_HIDDEN_SIZE), nn.GELU(), nn.Dropout(dropout), nn.Linear(TAG_HIDDEN_SIZE, N_TAGS)
        )
        self.dropout = nn.Dropout(dropout)
        self.queries = nn.Linear(HIDDEN_SIZE, len(POINTERS) * POINTER_SIZE)
        self.keys = nn.Linear(HIDDEN_SIZE, len(POINTERS) * POINTER_SIZE)

    def forward(self, ids: Tensor, features: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        embedded = self.dropout(self.encoder.embeddings.word_embeddings(ids) + self.features(features))
        hidden = self.dropout(self.encoder(inputs_embeds=embedded, attention_mask=mask).last_hidden_state)
        return self.tags(hidden), self._point(hidden, mask)

    def _point(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        batch, length, _ = hidden.shape
        query = self.queries(hidden).view(batch, length, len(POINTERS), POINTER_SIZE).transpose(1, 2)
        key = self.keys(hidden).view(batch, length, len(POINTERS), POINTER_SIZE).permute(0, 2, 3, 1)
        scores = query @ key * POINTER_SIZE**-0.5
        return scores if mask is None else scores.masked_fill(~mask[:, None, None, :].bool(), -1e4)


def load_mean(network: ReaderNetwork, checkpoints: Sequence[Path]) -> ReaderNetwork:
    """The network with the mean of several checkpoints' weights; one named twice counts twice."""
    stored = [torch.load(path, map_location="cpu", weights_only=True) for path in checkpoints]
    network.load_state_dict({name: torch.stack([s[name].float() for s in stored]).mean(0) for name in stored[0]})
    return network
