"""Tries the HTTP API of the review server with schemathesis, by every check, on data that fits its schema or does not.

python -m scripts.check_api [OPTION of `schemathesis run` ...] (needs: pip install 'tabayyun[fuzz]')

The server runs on fake models and a store of its own, without the limit on calls; the token is asked for.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import uvicorn
from schemathesis.cli import schemathesis
from starlette.types import Message, Receive, Scope, Send

from tabayyun import Article, Checker
from tabayyun.models.fakes import FakeEmbedder, FakeJudge
from tabayyun.review.app import create_app
from tabayyun.review.guard import Window
from tabayyun.review.pages import Setup
from tabayyun.review.store import Store

CONFIG = Path(__file__).with_name("schemathesis.toml")
PORT = 8799
TOKEN = "a token of some length"  # noqa: S105


def main(options: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        checker = Checker(FakeEmbedder(), FakeJudge())
        checker.check_many([(Article.from_text("خبر"), Article.from_text("خبر"))])  # loads what the first check loads
        app = create_app(checker, Store.open(Path(folder) / "review.sqlite"), Setup(token=TOKEN))
        app.state.room = replace(app.state.room, calls=Window(sys.maxsize, 1))
        answers: Counter[int] = Counter()

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            async def note(message: Message) -> None:
                answers.update([message["status"]] if "status" in message else [])
                await send(message)

            await app(scope, receive, note)

        server = uvicorn.Server(uvicorn.Config(counted, port=PORT, log_level="warning"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        address = f"http://localhost:{PORT}/api/openapi.json"
        order = [
            "--config-file",
            str(CONFIG),
            "run",
            address,
            "-H",
            f"Authorization: Bearer {TOKEN}",
            "--checks",
            "all",
            "--request-timeout",
            "60",
        ]
        try:
            schemathesis([*order, *options])
        finally:
            server.should_exit = True
            thread.join()
            print("answers by status:", dict(sorted(answers.items())))


if __name__ == "__main__":
    main(sys.argv[1:])
