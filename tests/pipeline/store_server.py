"""A server that speaks S3 on this machine, and that can fail as networks and stores do.

python store_server.py SHARE SEED       prints its address and serves; that share of requests goes wrong
"""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

#: What may happen to a request: it is refused, it is done and its answer is lost, it waits for longer than clients do.
REFUSED, LOST, HANGS = "refused", "lost", "hangs"
CHANGING = ("PUT", "POST", "DELETE")


@dataclass(slots=True)
class Store:
    """The server's address, and the ``fate`` of each request.

    It is told how many ``requests`` so far changed something, and the request: ``"PUT /bucket/key"``.
    """

    url: str = ""
    fate: Callable[[int, str], str | None] = lambda number, request: None
    hang_seconds: float = 3.0
    requests: int = 0


class FailingApplication:
    """Moto's application behind a network that fails."""

    def __init__(self, store: Store) -> None:
        self._store, self._application = store, DomainDispatcherApplication(create_backend_app)
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        fate = self._fate(environ)
        if fate == REFUSED:
            return _hang_up(environ)
        if fate == HANGS:
            time.sleep(self._store.hang_seconds)
            return _hang_up(environ)
        with self._lock:  # a real store takes one of two puts
            answer = self._application(environ, start_response)
        return _hang_up(environ) if fate == LOST else answer

    def _fate(self, environ: dict[str, Any]) -> str | None:
        with self._lock:
            if environ["REQUEST_METHOD"] in CHANGING:
                self._store.requests += 1
            return self._store.fate(self._store.requests, f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")


def _hang_up(environ: dict[str, Any]) -> Iterable[bytes]:
    """No answer at all."""
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionError("hung up on purpose")


def environment(url: str) -> dict[str, str]:
    """The names by which AWS's own clients find a server, and nothing else."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "something",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def serving() -> Iterator[Store]:
    store = Store()
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = make_server("127.0.0.1", 0, FailingApplication(store), threaded=True, request_handler=MotoRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    store.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield store
    finally:
        server.shutdown()


def rough(share: float, seed: int) -> Callable[[int, str], str | None]:
    """A network on which a share of the requests goes wrong: half unanswered, some refused, few left hanging."""
    chance = Random(seed)
    fates = [LOST] * 10 + [REFUSED] * 9 + [HANGS]
    return lambda number, request: chance.choice(fates) if chance.random() < share else None


if __name__ == "__main__":
    with serving() as served:
        served.fate = rough(float(sys.argv[1]), int(sys.argv[2]))
        served.hang_seconds = 60.0
        print(served.url, flush=True)
        threading.Event().wait()
