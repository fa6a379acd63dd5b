"""A function in another process: what hangs, dies or raises there is one refusal here, and the next call works."""

from __future__ import annotations

import os
import time

import pytest

from onrecord.pipeline.sources.entries import Refused
from onrecord.pipeline.sources.subprocess_call import SubprocessCall


def test_it_returns_what_the_function_returns() -> None:
    """Also what is larger than a pipe holds; the process stays the same."""
    call = SubprocessCall("builtins:repr")
    assert call("rain" * 10**6, seconds=20) == repr("rain" * 10**6)
    assert SubprocessCall("os:getpid")(seconds=20) != os.getpid()
    pid = SubprocessCall("os:getpid")
    assert pid(seconds=20) == pid(seconds=20)


def test_what_hangs_is_ended_in_time() -> None:
    call = SubprocessCall("time:sleep")
    call(0, seconds=20)
    started = time.monotonic()
    with pytest.raises(Refused) as refused:
        call(60, seconds=0.5)
    assert refused.value.reason == "timeout"
    assert time.monotonic() - started < 10
    assert call(0, seconds=20) is None


def test_a_crash_is_refused() -> None:
    call = SubprocessCall("os:_exit")
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            call(3, seconds=20)
        assert (refused.value.reason, refused.value.detail) == ("crash", "the process ended with code 3")


def test_an_exception_is_refused() -> None:
    """Running out of the memory that the process may have is one of these."""
    for function, argument, error_name in (
        ("math:sqrt", -1, "ValueError"),
        ("builtins:bytearray", 2**40, "MemoryError"),
    ):
        with pytest.raises(Refused) as refused:
            SubprocessCall(function)(argument, seconds=20)
        assert refused.value.reason == "error"
        assert refused.value.detail.startswith(error_name)


def test_a_fresh_process_takes_over_after_many_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onrecord.pipeline.sources.subprocess_call.MAX_CALLS", 2)
    call = SubprocessCall("os:getpid")
    first, second, third = (call(seconds=20) for _ in range(3))
    assert first == second != third


def test_what_is_printed_does_not_get_between() -> None:
    assert SubprocessCall("builtins:print")("noise", seconds=20) is None
