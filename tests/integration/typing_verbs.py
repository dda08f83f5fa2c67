"""What a typed verb leaves behind, and the files it works on."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WATCHLIST = """\
schema: 1
id: csto
title: CSTO
priority: high
groups:
  name: {_label: CSTO, en: [=CSTO], ru: [=ОДКБ]}
match:
  rules:
    - {id: name, any: [name]}
examples:
  positive: [{lang: en, title: "CSTO meets in Minsk"}]
  negative: [{lang: en, title: "Rain over the hills"}]
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What a verb left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on standard output."""
        return json.loads(self.out)


Tocsin = Callable[..., Result]


def write_feeds(lists: Path, **urls: str) -> None:
    """The folder's feeds, by their ids."""
    rows = [f"  - {{id: {name}, name: {name.title()}, url: '{url}', lang: en}}\n" for name, url in urls.items()]
    (lists / "feeds.yaml").write_text("schema: 1\nfeeds:\n" + "".join(rows), encoding="utf-8")
