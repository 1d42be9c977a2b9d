"""moto's random identifiers: the same ones from the same seed, with less work for each character.

Each answer has a request id of 52 characters, each of which is a call of ``random.choice``.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from itertools import repeat
from random import Random
from typing import TYPE_CHECKING, Any

from ..compat import require

if TYPE_CHECKING:
    from ..plugin.patches import Patch

_MODULE = "moto.moto_api._internal.moto_random"


def patches(optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in moto while a mock is active."""
    cls = require("moto", _MODULE, "MotoRandom")
    make_string = require("moto", _MODULE, "MotoRandom", "get_random_string")
    make_hex = require("moto", _MODULE, "MotoRandom", "get_random_hex")
    hexadecimal = [str(one) for one in require("moto", _MODULE, "HEX_CHARS")]

    def get_random_string(
        self: Any, length: int = 20, include_digits: bool = True, lower_case: bool = False
    ) -> Any:
        """Letters, and digits if wanted."""
        if type(self) is not cls or not optimises():
            return make_string(self, length, include_digits, lower_case)
        pool = string.ascii_letters + (string.digits if include_digits else "")
        made = "".join(choices(self, pool, length))
        return made.lower() if lower_case else made

    def get_random_hex(self: Any, length: int = 8) -> Any:
        """Hexadecimal digits."""
        if type(self) is not cls or not optimises():
            return make_hex(self, length)
        return "".join(choices(self, hexadecimal, length))

    return [(cls, "get_random_string", get_random_string), (cls, "get_random_hex", get_random_hex)]


def choices(random: Random, pool: Sequence[str], length: int) -> list[str]:
    """What ``[random.choice(pool) for _ in range(length)]`` gives, from the same random bits.

    Source: CPython's random.py, ``Random._randbelow_with_getrandbits``.
    """
    size, bits = len(pool), random.getrandbits
    width = size.bit_length()
    # As many as are wanted at once, and one by one for those that were too large.
    found = [index for index in map(bits, repeat(width, length)) if index < size]
    while len(found) < length:
        index = bits(width)
        if index < size:
            found.append(index)
    return [pool[index] for index in found]
