"""Warnings name a line of the user's, whatever libraries are in between."""

from __future__ import annotations

import contextlib
import inspect
import re
import threading
import warnings
from typing import Any

import pytest

from aiomoto import AiomotoWarning
from aiomoto.notices import user_frame, warn


def test_it_is_the_nearest_line_of_the_users() -> None:
    def call() -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(warn, "look here")

    with pytest.warns(AiomotoWarning, match="^look here$") as caught:
        call()
    lines, first = inspect.getsourcelines(call)
    assert caught[0].filename == __file__
    assert caught[0].lineno in range(first, first + len(lines))


def test_a_filter_by_module_and_once_for_each_line_works() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("error")
        warnings.filterwarnings("default", module=re.escape(__name__))
        for _ in range(3):
            warn("again")
    assert len(caught) == 1


def test_where_no_user_is_it_is_said_all_the_same() -> None:
    frames: list[Any] = []
    names = {"frames": frames, "user_frame": user_frame, "warn": warn}
    # As in a thread of a library: none of its frames is a user's.
    thread = threading.Thread(target=exec, args=("frames.append(user_frame()); warn('x')", names))
    with pytest.warns(AiomotoWarning, match="^x$"):
        run(thread)
    assert frames == [None]


def run(thread: threading.Thread) -> None:
    thread.start()
    thread.join()
