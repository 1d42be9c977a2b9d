"""moto's IAM: whose access key it is.

moto makes IAM's backend of each partition in order to look there, for each request.
"""

from __future__ import annotations

from typing import Any

from ..compat import attribute, require
from ..plugin.patches import Patch


def patches() -> list[Patch]:
    """The account of an access key."""
    finding = attribute("moto", "moto.iam.models", "get_account_id_from")
    accounts = require("moto", "moto.iam.models", "iam_backends")
    default = require("moto", "moto.iam.models", "DEFAULT_ACCOUNT_ID")

    def account_of(access_key: str) -> Any:
        """The account of an access key; the default one of a key that nobody made."""
        for account_id, partitions in list(accounts.items()):
            for backend in list(partitions.values()):
                if access_key in backend.access_keys:
                    return account_id
        return default

    return [finding.patch(account_of)]
