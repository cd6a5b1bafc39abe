"""A stand-in for the MongoDB that FiftyOne keeps data sets in, for machines on which its own cannot be installed:

    pip install fiftyone mongomock
    PYTHONPATH=tests/python pytest -p mongodb tests/python/test_views.py

Everything else is FiftyOne itself. Nothing outlives the process.
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("FIFTYONE_DO_NOT_TRACK", "1")

import fiftyone.core.odm.database as database  # noqa: E402
import mongoengine  # noqa: E402
import mongomock  # noqa: E402
from mongomock.store import ServerStore  # noqa: E402

_STORE = ServerStore()


class Client(mongomock.MongoClient):  # type: ignore[misc]
    """All of them see the same store, whatever address they are given."""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__(_store=_STORE)

    def server_info(self) -> dict[str, Any]:
        """The newest whose updates mongomock knows."""
        return {"version": "4.4.0", "versionArray": [4, 4, 0, 0]}


def _establish(config: Any) -> None:
    database._client = Client()
    mongoengine.connect(config.database_name, host="mongodb://localhost", mongo_client_class=Client, uuidRepresentation="standard")


# What it calls where it has no connection.
database.establish_db_conn = _establish
