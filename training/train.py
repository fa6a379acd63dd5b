"""Train the reader on all its tasks at once.

    python -m training.train DATA ENCODER OUT [--epochs 7] [--seed 1] [--start CHECKPOINT…] [--teacher CHECKPOINT…]…

DATA holds polnear/, ner/, gum/ and ewt/; ENCODER is the folder of a MiniLM checkpoint; OUT receives ``network-N.pt``
(the running mean of the weights after epoch N), a line every 20 steps in ``log.jsonl``, and after each epoch
its state, from which the same command goes on.

With teachers the network learns, beside the marks of each set, their mean output for every text, marked or not (Hinton
et al. 2015, *Distilling the Knowledge in a Neural Network*). They see all word pieces, it sees some hidden.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch.nn import functional

from corpora.conllu import read_treebank
from corpora.documents import Document, clean_document
from corpora.newswire import lay_out, read_newswire
from corpora.polnear import read_polnear
from onrecord.transforms.reader.labels import ROLES, TAGS
from onrecord.transforms.reader.pieces import load_tokenizer
from training.model import POINTERS, ReaderNetwork, load_mean
from training.targets import IGNORE, SINGLE_MARKS, draw_windows, make_example, window

#: How much each head's loss counts.
WEIGHTS = {"roles": 1.0, "entities": 0.7, "sentences": 0.2, "content_cue": 0.3, "cue_source": 0.3, "antecedent": 0.2}
#: How much of a head's loss comes from its teachers, if it has any; antecedents have none.
TEACHER_SHARE = 0.5
#: How much of each set is read in an epoch.
SHARES = {"polnear": Fraction(2, 3), "newswire": Fraction(3, 4), "gum": Fraction(2, 3), "ewt": Fraction(1, 4)}
#: Shares of documents whose quotations are put in single marks (the British custom), and that are laid out as tokens.
SINGLE_MARKS_SHARE, AS_TOKENS_SHARE = 0.08, 0.4
#: Share of word pieces that are hidden from the network, each time others, and the piece in their place.
HIDDEN_SHARE, MASK_ID = 0.1, 103


def read_training_set(data: Path, rng: random.Random, *, epoch: int, shares: dict[str, Fraction]) -> Iterator[Document]:
    """The documents of one epoch: of each set the share asked for, each time others; one annotator of each article."""
    for annotators in take_turn(read_polnear(data / "polnear/train").values(), shares["polnear"], epoch):
        document = clean_document(rng.choice(annotators))
        if rng.random() < SINGLE_MARKS_SHARE:
            document = replace(document, text=document.text.translate(SINGLE_MARKS))
        yield document
    for name, sentences in take_turn(read_newswire(data / "ner/worldwide-train.tsv.gz"), shares["newswire"], epoch):
        yield lay_out(name, sentences, as_tokens=rng.random() < AS_TOKENS_SHARE, rng=rng)
    yield from take_turn(read_treebank(data / "gum/gum-train.conllu.gz", with_chains=True), shares["gum"], epoch)
    yield from take_turn(read_treebank(data / "ewt/ewt-train.conllu.gz", with_chains=False), shares["ewt"], epoch)


Item = TypeVar("Item")


def take_turn(items: Iterable[Item], share: Fraction, epoch: int) -> Iterator[Item]:
    """The items whose turn it is: a share of n/d gives each item n turns in every d epochs.

    >>> [list(take_turn("abcdef", Fraction(1, 2), epoch)) for epoch in (0, 1)]
    [['a', 'c', 'e'], ['b', 'd', 'f']]
    """
    n, d = share.numerator, share.denominator
    return (item for i, item in enumerate(items) if (i - epoch) % d < n)


def hide_pieces(item: dict, rng: random.Random) -> dict:
    """The window with some of its word pieces hidden, so that no role hangs on one word alone."""
    ids = [MASK_ID if rng.random() < HIDDEN_SHARE else i for i in item["ids"][1:-1]]
    return item | {"seen": np.array([item["ids"][0], *ids, item["ids"][-1]])}


def collate(items: list[dict]) -> dict[str, torch.Tensor | list]:
    length = max(len(item["ids"]) for item in items)

    def stack(key: str, fill: int) -> torch.Tensor:
        out = np.full((len(items), length), fill, dtype=np.int64)
        for row, item in zip(out, items, strict=True):
            row[: len(item[key])] = item[key]
        return torch.from_numpy(out)

    arrows = np.zeros((len(POINTERS), len(items), length, length), dtype=bool)
    for b, item in enumerate(items):
        for k, rows in enumerate(item["arrows"]):
            for row, targets in rows:
                arrows[k, b, row, targets] = True
    mask = torch.tensor([[1] * len(i["ids"]) + [0] * (length - len(i["ids"])) for i in items])
    return {
        "ids": stack("ids", 0),
        "seen": stack("seen", 0),
        "features": stack("features", 0),
        "mask": mask,
        **{name: stack(name, IGNORE) for name in TAGS},
        "arrows": torch.from_numpy(arrows),
    }


def losses(tags: torch.Tensor, pointers: torch.Tensor, batch: dict) -> dict[str, torch.Tensor]:
    """Mean cross-entropy of each head over the pieces it is taught on; heads without any are left out."""
    out = {}
    for name, columns in TAGS.items():
        if (batch[name] != IGNORE).any():
            out[name] = functional.cross_entropy(
                tags[..., columns].flatten(0, 1), batch[name].flatten(), ignore_index=IGNORE
            )
    for k, name in enumerate(POINTERS):
        right = batch["arrows"][k]
        taught = right.any(-1)
        if taught.any():  # any of the right pieces will do: the sum of their probabilities counts
            scores = pointers[:, k].log_softmax(-1).masked_fill(~right, -1e4).logsumexp(-1)
            out[name] = -(scores * taught).sum() / taught.sum()
    return out


Output = tuple[torch.Tensor, torch.Tensor]


@torch.no_grad()
def predict_mean(teachers: Sequence[ReaderNetwork], batch: dict) -> Output:
    """The mean of the teachers' outputs: probabilities of the tags (head by head) and of the pointers."""
    tags, pointers = [], []
    for teacher in teachers:
        logits, arrows = teacher(batch["ids"], batch["features"], batch["mask"])
        tags.append(torch.cat([logits[..., columns].float().softmax(-1) for columns in TAGS.values()], dim=-1))
        pointers.append(arrows.float().softmax(-1))
    return torch.stack(tags).mean(0), torch.stack(pointers).mean(0)


def teacher_losses(tags: torch.Tensor, pointers: torch.Tensor, taught: Output, mask: torch.Tensor) -> dict:
    """Mean cross-entropy of each head against its teachers; of a pointer, over the pieces they give its role."""
    right, arrows = taught
    every = mask.float()
    roles = right[..., TAGS["roles"]]
    content, cue = (
        roles[..., [1 + 2 * k, 2 + 2 * k]].sum(-1) * every for k in (ROLES.index("content"), ROLES.index("cue"))
    )
    out = {}
    for name, columns in TAGS.items():
        each = -(right[..., columns] * tags[..., columns].log_softmax(-1)).sum(-1)
        out[name] = (each * every).sum() / every.sum()
    for k, name, weight in ((0, "content_cue", content), (1, "cue_source", cue)):
        each = -(arrows[:, k] * pointers[:, k].log_softmax(-1)).sum(-1)
        out[name] = (each * weight).sum() / weight.sum().clamp(min=1.0)
    return out


def mix(marks: dict[str, torch.Tensor], teachers: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The losses of both, head by head; a head of which a batch has no marks learns from its teachers alone."""
    share = {name: TEACHER_SHARE if name in teachers else 0.0 for name in WEIGHTS}
    return {
        name: (1 - share[name]) * marks.get(name, torch.zeros(())) + share[name] * teachers.get(name, torch.zeros(()))
        for name in marks | teachers
    }


def make_batches(items: list[dict], rng: random.Random, *, pieces: int) -> Iterator[list[dict]]:
    """Windows of like length together, about ``pieces`` word pieces a batch, in random order."""
    rng.shuffle(items)
    batches = []
    for i in range(0, len(items), 400):
        chunk = sorted(items[i : i + 400], key=lambda item: len(item["ids"]))
        batch: list[dict] = []
        for item in chunk:
            if batch and (len(batch) + 1) * len(item["ids"]) > pieces:
                batches.append(batch)
                batch = []
            batch.append(item)
        batches.append(batch)
    rng.shuffle(batches)
    yield from batches


def train(
    data: Path,
    encoder: Path,
    out: Path,
    *,
    start: Sequence[Path] = (),
    teachers: Sequence[Sequence[Path]] = (),
    shares: dict[str, Fraction],
    epochs: int,
    seed: int,
    lr: float,
    batch_pieces: int,
    threads: int,
) -> None:
    """Train from the encoder, or from the mean of the networks in ``start``; so is each teacher a mean of networks."""
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    rng = random.Random(seed)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = load_tokenizer((encoder / "tokenizer.json").read_bytes())
    network = load_mean(ReaderNetwork(encoder), start) if start else ReaderNetwork(encoder)
    teacher_networks = [load_mean(ReaderNetwork(encoder), group).eval() for group in teachers]
    network.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    body = [p for n, p in network.named_parameters() if n.startswith("encoder.") and p.requires_grad]
    heads = [p for n, p in network.named_parameters() if not n.startswith("encoder.")]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": lr}, {"params": heads, "lr": 5 * lr}], weight_decay=0.01, fused=True
    )
    weights = [p for p in network.parameters() if p.requires_grad]
    mean = [p.detach().clone() for p in weights]
    log = (out / "log.jsonl").open("a")
    step, total, first, begun = 0, 0, 0, time.time()
    state = out / "state.pt"
    if state.exists():  # go on where an interrupted run of the same command stood
        stored = torch.load(state, weights_only=False)
        network.load_state_dict(stored["network"])
        optimizer.load_state_dict(stored["optimizer"])
        torch._foreach_copy_(mean, stored["mean"])
        step, total, first = stored["step"], stored["total"], stored["epoch"]
        rng.setstate(stored["rng"])
    for epoch in range(first, epochs):
        items = []
        for document in read_training_set(data, rng, epoch=epoch, shares=shares):
            example = make_example(document, tokenizer)
            windows = draw_windows(example, rng, shortest=128, longest=318)
            items += [hide_pieces(window(example, a, b), rng) for a, b in windows]
        batches = list(make_batches(items, rng, pieces=batch_pieces))
        total = total or len(batches) * epochs
        network.train()
        for items in batches:
            batch = collate(items)
            rate = min(1.0, (step + 1) / min(200, total / 10)) * max(
                0.01, 0.5 * (1 + math.cos(math.pi * min(1.0, step / total)))
            )
            for group, base in zip(optimizer.param_groups, (lr, 5 * lr), strict=True):
                group["lr"] = base * rate
            with torch.autocast("cpu", dtype=torch.bfloat16):
                tags, pointers = network(batch["seen"], batch["features"], batch["mask"])
                taught = predict_mean(teacher_networks, batch) if teacher_networks else None
            parts = losses(tags.float(), pointers.float(), batch)
            if taught:
                parts = mix(parts, teacher_losses(tags.float(), pointers.float(), taught, batch["mask"]))
            loss = sum(WEIGHTS[name] * value for name, value in parts.items())
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            decay = min(0.998, (step + 1) / (step + 10))
            with torch.no_grad():
                torch._foreach_lerp_(mean, weights, 1 - decay)
            if step % 20 == 0:
                line = {"epoch": epoch, "step": step, "of": total, "seconds": round(time.time() - begun)}
                print(json.dumps(line | {k: round(v.item(), 4) for k, v in parts.items()}), file=log, flush=True)
        save(network, weights, mean, out / f"network-{epoch + 1}.pt")
        stored = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "mean": mean}
        torch.save(stored | {"step": step, "total": total, "epoch": epoch + 1, "rng": rng.getstate()}, state)


def save(network: ReaderNetwork, weights: list[torch.Tensor], mean: list[torch.Tensor], path: Path) -> None:
    """Store the running mean in the network's place (its training goes on with its own weights)."""
    own = [w.detach().clone() for w in weights]
    with torch.no_grad():
        torch._foreach_copy_(weights, mean)
        torch.save(network.state_dict(), path)
        torch._foreach_copy_(weights, own)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("encoder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=Path, nargs="+", default=[], help="begin from the mean of these networks")
    parser.add_argument(
        "--teacher", type=Path, nargs="+", action="append", default=[], help="learn from the mean of these networks too"
    )
    parser.add_argument(
        "--share", nargs="+", default=[], metavar="SET=SHARE", help="such as polnear=1/3, of the documents, each epoch"
    )
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lr", type=float, default=2e-4)
    parser.add_argument("--batch-pieces", type=int, default=4096)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    shares = SHARES | {name: Fraction(share) for name, share in (item.split("=") for item in given.share)}
    train(
        given.data,
        given.encoder,
        given.out,
        start=given.start,
        teachers=given.teacher,
        shares=shares,
        epochs=given.epochs,
        seed=given.seed,
        lr=given.lr,
        batch_pieces=given.batch_pieces,
        threads=given.threads,
    )


if __name__ == "__main__":
    main()
