"""An embedding model behind HTTP guesses what no word of the vocabulary is met in; a real server answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chassis.runtime.jobrunner import run_one
from services.resources.suggestions import guessing
from services.resources.suggestions.guessing import Guesser
from services.resources.vocabulary import words
from tests.service.resources.conftest import World

MEANT = {"外婆的移动宝座": "wheelchair", "夜里钻进去就暖的东西": "clothes_bedding"}
"""What the server thinks that texts mean; whatever else is put to it lies apart from everything."""


@dataclass
class Server:
    """A small embedding server: an axis per concept it has been told of, one for the rest."""

    url: str = ""
    asked: list[list[str]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    broken: bytes | None = None

    def answer(self, texts: list[str]) -> list[dict[str, Any]]:
        said = {guessing.describe(words.shipped()[key]): axis for axis, key in enumerate(MEANT.values())}
        meant = {text: axis for axis, text in enumerate(MEANT)}
        found = []
        for index, text in enumerate(texts):
            axis = next((at for start, at in meant.items() if text.startswith(start)), said.get(text, 2))
            apart = text.startswith("哪里都不沾边")
            numbers = [1.0, 1.0, -3.0, 0.0] if apart else [float(at == axis) for at in range(4)]
            found.append({"index": index, "embedding": [3 * number for number in numbers]})
        return found[::-1]  # their index says which is which


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            made.asked.append(body["input"])
            made.keys.append(self.headers["authorization"])
            reply = made.broken or json.dumps({"data": made.answer(body["input"]), "model": body["model"]}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{http.server_port}/v1/embeddings"
    monkeypatch.setenv("TEXT_MODEL_URL", made.url)
    monkeypatch.setenv("TEXT_MODEL_NAME", "small")
    yield made
    http.shutdown()
    http.server_close()


def turn(world: World, guesser: Guesser) -> int:
    return guesser(world.host.executors["resources"])


def odd_need(world: World) -> dict[str, Any]:
    need = world.need(tags=[], title="外婆的移动宝座", quantity=2)
    assert (need["topics"], need["guess_permille"]) == ([], None)
    return need


def test_a_paraphrase_without_a_known_word_finds_its_offer(world: World, server: Server) -> None:
    offer, need = world.offer(), odd_need(world)
    other = world.offer(tags=["大米"], title="大米")
    assert turn(world, Guesser()) == 1
    shown = world.shown_need(need)
    assert (shown["topics"], shown["guess_permille"], shown["version"]) == (["wheelchair"], 1000, need["version"])
    found = world.bureau("resources.list_suggestions", need_id=need["need_id"])
    assert [row["offer_id"] for row in found["candidates"]] == [offer["offer_id"]]
    assert other["offer_id"] in [row["offer_id"] for row in found["excluded"]]


def test_a_need_finds_an_offer_whose_text_was_guessed(world: World, server: Server) -> None:
    offer = world.offer(tags=[], title="夜里钻进去就暖的东西")
    need = world.need(tags=["棉被"])
    assert turn(world, Guesser()) == 1
    assert "clothes_bedding" in world.shown_offer(offer)["topics"]
    [found] = world.bureau("resources.list_suggestions", need_id=need["need_id"])["candidates"]
    assert found["offer_id"] == offer["offer_id"]


def test_each_text_is_asked_about_once_and_again_when_the_words_changed(world: World, server: Server) -> None:
    guesser = Guesser()
    need = world.need(tags=[], title="哪里都不沾边的一句话")
    assert turn(world, guesser) == 1
    asked = len(server.asked)
    assert (turn(world, guesser), len(server.asked)) == (0, asked)
    assert world.shown_need(need)["topics"] == []
    world.bureau("resources.add_synonym", concept="wheelchair", word="四轮小宝马", reason="本地老人这样叫")
    guesser = Guesser()
    assert turn(world, guesser) == 1


def test_what_a_word_says_outweighs_the_guess_and_what_is_over_is_not_asked_about(world: World, server: Server) -> None:
    need = odd_need(world)
    turn(world, Guesser())
    world.bureau("resources.add_synonym", concept="crutch", word="移动宝座", reason="试读")
    assert run_one(world.host.executors["resources"])
    shown = world.shown_need(need)
    assert (shown["topics"], shown["guess_permille"]) == (["crutch"], None)
    gone = world.need(tags=[], title="哪里都不沾边的一句话")
    world.cso("sunset")("resources.cancel_need", need_id=gone["need_id"], reason="登记有误")
    assert turn(world, Guesser()) == 0


def test_a_guess_binds_no_proposal(world: World, server: Server) -> None:
    rice, need = world.offer(tags=["大米"], title="大米"), odd_need(world)
    turn(world, Guesser())
    assert world.proposed(rice, need, 1)


@pytest.mark.parametrize(
    "broken",
    [b"no json", b"{}", b'{"data": [{"index": 0, "embedding": []}]}', b'{"data": [{"index": 7, "embedding": [1.0]}]}'],
)
def test_an_answer_that_is_none_changes_nothing(world: World, server: Server, broken: bytes) -> None:
    need, guesser = odd_need(world), Guesser()
    server.broken = broken
    assert turn(world, guesser) == 0
    assert world.shown_need(need)["topics"] == []
    server.broken = None
    assert turn(world, guesser) == 0, "it rests after a failure"
    assert turn(world, Guesser()) == 1


def test_nobody_is_asked_without_the_setting(
    world: World, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    odd_need(world)
    monkeypatch.delenv("TEXT_MODEL_URL")
    assert (turn(world, Guesser()), server.asked) == (0, [])
    (tmp_path / "key").write_text("s3cret\n")
    monkeypatch.setenv("TEXT_MODEL_URL", server.url)
    monkeypatch.setenv("TEXT_MODEL_KEY_FILE", str(tmp_path / "key"))
    assert turn(world, Guesser()) == 1
    assert set(server.keys) == {"Bearer s3cret"}
