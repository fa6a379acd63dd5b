"""Arrivals that a store itself tells: Cloud Storage's notifications through Pub/Sub, in place of polling.

Only Dataflow reads Pub/Sub by itself. Checked against the contract; not run, for want of an account.

Source: https://cloud.google.com/storage/docs/pubsub-notifications (attributes of a message).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import apache_beam as beam
from apache_beam.io.gcp.pubsub import ReadFromPubSub

from onrecord.pipeline.sources import find
from onrecord.pipeline.stream.arrivals import Arrival
from onrecord.pipeline.watch.settling import is_temporary

if TYPE_CHECKING:
    from apache_beam.io.gcp.pubsub import PubsubMessage

#: An object is whole when it is told: a store has no half ones.
CAME, WENT = "OBJECT_FINALIZE", frozenset({"OBJECT_DELETE", "OBJECT_ARCHIVE"})


def read_notifications(job: beam.Pipeline, subscription: str, folders: tuple[str, ...]) -> beam.PCollection:
    """From a subscription (``projects/P/subscriptions/S``) to (folder, Arrival), … of what comes to the folders."""
    return (
        job
        | "Notifications" >> ReadFromPubSub(subscription=subscription, with_attributes=True)
        | "Arrivals" >> beam.FlatMap(_arrivals_told, folders).with_output_types(tuple[str, Arrival])
    )


def _arrivals_told(message: PubsubMessage, folders: tuple[str, ...]) -> Iterator[tuple[str, Arrival]]:
    return arrivals_told(message.attributes, folders)


def arrivals_told(told: Mapping[str, str], folders: tuple[str, ...]) -> Iterator[tuple[str, Arrival]]:
    """What a notification means for the folders: an object has come to one, or has gone from it.

    >>> told = {"eventType": "OBJECT_DELETE", "bucketId": "news", "objectId": "2024/a.txt"}
    >>> [(folder, arrival.reference) for folder, arrival in arrivals_told(told, ("gs://news/2024", "gs://news/2023"))]
    [('gs://news/2024', None)]
    >>> list(arrivals_told(told, ("gs://news/2023",)))
    []
    """
    uri = f"gs://{told['bucketId']}/{told['objectId']}"
    folder = next((each for each in folders if uri.startswith(each.rstrip("/") + "/")), None)
    if folder is None or is_temporary(uri) or any(part.startswith(".") for part in told["objectId"].split("/")):
        return
    if told["eventType"] in WENT:
        yield folder, Arrival(None)
    if told["eventType"] == CAME:
        for reference in find([uri]):
            yield folder, Arrival(replace(reference, named=False), time.time())
