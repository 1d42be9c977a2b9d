"""Sums the sales of each day's file, by product."""

from __future__ import annotations

import pandas as pd
import s3fs


def totals(bucket: str) -> pd.DataFrame:
    """Read ``sales/*.csv`` (columns product, amount), write ``totals.csv``, give what it holds."""
    files = sorted(s3fs.S3FileSystem().glob(f"{bucket}/sales/*.csv"))
    days = [pd.read_csv(f"s3://{name}") for name in files]
    summed = pd.concat(days).groupby("product", as_index=False)["amount"].sum()
    summed.to_csv(f"s3://{bucket}/totals.csv", index=False)
    return summed
