"""Tests of hyperion_client: against servers that behave badly, and against a running Hyperion.

    HYPERION_TEST_URI=http://127.0.0.1:8080/hyperion python3 -m unittest -v

HYPERION_TEST_KEY is its key if it needs one, HYPERION_TEST_ENDLESS the name of a model with one slot, and HYPERION_TEST_LATE the names of three
models, with commas between, that are downloaded when they are first asked for. Tests that need one of them are skipped without it.
HYPERION_TEST_RELEASE is an address that is asked for, with such a name behind it, once its download has been heard of; for sources that wait
for that.
"""

import base64
import hashlib
import json
import os
import queue
import socket
import struct
import threading
import unittest
import urllib.request

from hyperion_client import Client, HyperionClient, HyperionError, Piece

MODES = ("REST", "WEBSOCKET")


class Scripted:
    """A server that answers each connection, one after the other, by a function of its own: of the head of the request, and the connection."""

    def __init__(self, *answers):
        self.heads = []
        self.closed = queue.Queue()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.uri = "127.0.0.1:%d" % self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, args=(answers,), daemon=True)
        self._thread.start()

    def _serve(self, answers):
        for answer in answers:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return  # The test was over before it connected.
            with connection:
                try:
                    head = read_until(connection, b"\r\n\r\n")
                    self.heads.append(head.decode("latin-1"))
                    answer(head, connection)
                except OSError:
                    pass  # The client has gone, as it should.
            self.closed.put(len(self.heads))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._server.close()


def read_until(connection, end):
    data = b""
    while not data.endswith(end):
        piece = connection.recv(1)
        if not piece:
            raise ConnectionError("gone")
        data += piece
    return data


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise ConnectionError("gone")
        data += piece
    return data


def http(text, content_type="application/json", status="200 OK", *headers):
    def answer(head, connection):
        body = text.encode("utf-8")
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers, "", ""]
        connection.sendall("\r\n".join(lines).encode("latin-1") + body)

    return answer


def events(text):
    return http(text, "text/event-stream;charset=utf-8")


def frame(payload, opcode=1, final=True):
    payload = payload if isinstance(payload, bytes) else payload.encode("utf-8")
    head = bytes([(0x80 if final else 0) | opcode])
    if len(payload) < 126:
        return head + bytes([len(payload)]) + payload
    if len(payload) < 1 << 16:
        return head + bytes([126]) + struct.pack("!H", len(payload)) + payload
    return head + bytes([127]) + struct.pack("!Q", len(payload)) + payload


def read_frame(connection):
    """The opcode and the payload of a frame of the client, which must be masked."""
    first, second = read_exactly(connection, 2)
    assert first & 0xF0 == 0x80 and second & 0x80, (first, second)
    length = second & 0x7F
    if length == 126:
        length = struct.unpack("!H", read_exactly(connection, 2))[0]
    elif length == 127:
        length = struct.unpack("!Q", read_exactly(connection, 8))[0]
    mask = read_exactly(connection, 4)
    payload = read_exactly(connection, length)
    return first & 0x0F, bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def shake_hands(head, connection):
    key = [line.split(": ")[1] for line in head.decode("latin-1").split("\r\n") if line.startswith("Sec-WebSocket-Key")][0]
    accept = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nsec-websocket-accept: "
        + base64.b64encode(accept)
        + b"\r\n\r\n"
    )


def web_socket(*frames):
    """Opens a WebSocket, reads a request, and sends the frames."""

    def answer(head, connection):
        shake_hands(head, connection)
        read_frame(connection)
        connection.sendall(b"".join(frames))
        while True:
            read_frame(connection)

    return answer


DONE = '{"id":1,"event":"done","output":"ab"}'


class BadServers(unittest.TestCase):
    def failure(self, answer, mode="REST", **more):
        with Scripted(answer) as server, self.assertRaises(HyperionError) as caught:
            client = Client(server.uri, mode=mode)
            self.addCleanup(client.close)
            client.patience = 5
            client.generate(prompt="a", **more)
        return caught.exception

    def test_nobody_there(self):
        with Scripted() as server:
            uri = server.uri
        for mode in MODES:
            with self.assertRaises(HyperionError) as caught:
                Client(uri, mode=mode).generate(prompt="a")
            self.assertEqual("HYP-6005", caught.exception.code)

    def test_answers_that_are_not_hyperions(self):
        for answer in (
            http("<html>", "text/html"),
            http("<html>", "text/html", "502 Bad Gateway"),
            http('{"error":"no"}', "application/json", "404 Not Found"),
            http("", "text/html", "302 Found", "Location: http://127.0.0.1:1/"),
            events("event: token\ndata: nonsense\n\n"),
            events("event: token\ndata: [1]\n\n"),
            events("event: error\ndata: {}\n\n"),
            lambda head, connection: connection.sendall(b"220 mail server\r\n\r\n"),
        ):
            self.assertEqual("HYP-9004", self.failure(answer).code)

    def test_streams_that_break_off(self):
        for text in ("", 'event: token\ndata: {"text":"a"}\n\n', 'event: done\ndata: {"output":"a"}'):
            self.assertEqual("HYP-6005", self.failure(events(text)).code)

        def cut(head, connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n: ")

        self.assertEqual("HYP-6005", self.failure(cut).code)

    def test_a_server_that_is_silent(self):
        left = threading.Event()

        def silent(head, connection):
            while connection.recv(1000):
                pass
            left.set()

        with Scripted(silent) as server, self.assertRaises(HyperionError) as caught:
            client = Client(server.uri)
            client.patience = 0.2
            client.models()
        self.assertEqual("HYP-6005", caught.exception.code)
        self.assertIn("in time", caught.exception.message)
        self.assertTrue(left.wait(10))

    def test_handshakes_that_open_no_socket(self):
        refused = http('{"success":"false","error":{"code":"HYP-4001","message":"A key"}}', status="401 Unauthorized")
        self.assertEqual("HYP-4001", self.failure(refused, "WEBSOCKET").code)
        for answer in (
            http("{}"),
            lambda head, connection: connection.sendall(b"220 mail server\r\n\r\n"),
            lambda head, connection: connection.sendall(b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n"),
            lambda head, connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"a" * 100_000),
        ):
            self.assertEqual("HYP-9004", self.failure(answer, "WEBSOCKET").code)
        self.assertEqual("HYP-6005", self.failure(lambda head, connection: None, "WEBSOCKET").code)

    def test_frames_that_are_none(self):
        for bad in (
            frame("nonsense"),
            frame("[]"),
            frame('{"id":2,"event":"done"}'),
            frame('{"id":1,"event":"dance"}'),
            frame(b"\xff\xfe"),
            frame("a", opcode=2),
            frame("a", opcode=3),
            frame("a", opcode=0),
            frame("a", final=False) + frame("a"),
            frame("", opcode=9, final=False),
            frame("a" * 126, opcode=9),
            b"\xc1\x01a",
            b"\x81\x81aaaaa",
            b"\x81\x7f" + b"\xff" * 8,
        ):
            self.assertEqual("HYP-9004", self.failure(web_socket(bad), "WEBSOCKET").code, bad)

    def test_sockets_that_are_closed(self):
        failure = self.failure(web_socket(frame(b"\x03\xe9bye", opcode=8)), "WEBSOCKET")
        self.assertEqual("HYP-6005", failure.code)
        self.assertIn("bye", failure.message)

    def test_frames_in_parts_between_pings(self):
        pongs = queue.Queue()

        def answer(head, connection):
            shake_hands(head, connection)
            read_frame(connection)
            text = '{"id":1,"event":"done","output":"ä' + "a" * 100_000 + '"}'
            data = text.encode("utf-8")
            connection.sendall(frame(data[:35], final=False) + frame("x", opcode=9) + frame("", opcode=0, final=False))
            connection.sendall(frame("y", opcode=10) + frame(data[35:], opcode=0))
            pongs.put(read_frame(connection))
            while True:
                read_frame(connection)

        with Scripted(answer) as server:
            client = Client(server.uri, mode="WEBSOCKET")
            reply = client.generate(prompt="p" * 70_000)
            self.assertEqual((10, b"x"), pongs.get(timeout=10))
            client.close()
        self.assertEqual("ä" + "a" * 100_000, reply["output"])

    def test_a_socket_is_used_again_unless_it_was_closed(self):
        asked = []

        def twice(head, connection):
            shake_hands(head, connection)
            for _ in range(2):
                asked.append(json.loads(read_frame(connection)[1]))
                connection.sendall(frame(DONE))

        with Scripted(twice, web_socket(frame(DONE))) as server:
            client = Client(server.uri, mode="WEBSOCKET")
            client.generate(prompt="a")
            client.generate(messages=[])
            server.closed.get(timeout=10)
            client.generate(prompt="b")
            client.close()
            self.assertEqual(2, len(server.heads))
        self.assertEqual({"id": 1, "method": "generate", "params": {"prompt": "a", "stream": False}}, asked[0])
        self.assertEqual({"messages": [], "stream": False}, asked[1]["params"])

    def test_progress_reaches_the_callback(self):
        progress = '{"model":"m","state":"downloading","fraction":0.5,"bytes":5,"total_bytes":10}'
        heard = []
        rest = events(f': waits\n\nevent: progress\ndata: {progress}\n\nevent: token\ndata: {{"text":"a"}}\n\nevent: done\ndata: {{"output":"a"}}\n\n')
        sock = web_socket(frame('{"id":1,"event":"progress",' + progress[1:]), frame(DONE))
        for mode, answer in (("REST", rest), ("WEBSOCKET", sock)):
            with Scripted(answer) as server:
                client = Client(server.uri, mode=mode)
                client.generate(prompt="a", on_progress=heard.append)
                client.close()
        with Scripted(events(f"event: progress\ndata: {progress}\n\nevent: done\ndata: " + '{"name":"m"}\n\n')) as server:
            self.assertEqual({"name": "m"}, Client(server.uri).pull("a/b c", on_progress=heard.append))
            self.assertTrue(server.heads[0].startswith("POST /hyperion/models/a%2Fb%20c/pull HTTP/1.1\r\n"))
        self.assertEqual([json.loads(progress)] * 3, heard)

    def test_a_callback_that_fails_ends_the_request(self):
        def refuse(progress):
            raise KeyError(progress["state"])

        for mode, answer in (
            ("REST", events('event: progress\ndata: {"state":"loading"}\n\n')),
            ("WEBSOCKET", web_socket(frame('{"id":1,"event":"progress","state":"loading"}'))),
        ):
            with Scripted(answer) as server, self.assertRaises(KeyError):
                Client(server.uri, mode=mode).generate(prompt="a", on_progress=refuse)

    def test_errors_tell_all(self):
        body = '{"success":"false","error":{"code":"HYP-5001","message":"full","parameter":"model"}}'
        failure = self.failure(http(body, "application/json", "429 Too Many Requests", "Retry-After: 3"))
        self.assertEqual(("HYP-5001", "full", "model", 429, 3), tuple(vars(failure).values()))
        told = '{"id":1,"event":"error","code":"HYP-5001","message":"full","parameter":"model","retry_after":3}'
        failure = self.failure(web_socket(frame(told)), "WEBSOCKET")
        self.assertEqual(("HYP-5001", "full", "model", None, 3), tuple(vars(failure).values()))
        failure = self.failure(events("event: error\ndata: " + body + "\n\n"))
        self.assertEqual(("HYP-5001", "model"), (failure.code, failure.parameter))

    def test_llamas_stream_has_its_result_last(self):
        text = 'data: {"content":"a","stop":false}\n\ndata: {"content":"b","stop":false}\n\ndata: {"content":"","stop":true,"model":"m"}\n\n'
        with Scripted(events(text)) as server:
            stream = Client(server.uri).completion("p", stream=True)
            self.assertEqual(["a", "b"], list(stream))
            self.assertEqual("m", stream.reply["model"])
        with Scripted(events('error: {"error":{"code":503,"message":"gone","type":"unavailable_error"}}\n\n')) as server:
            with self.assertRaises(HyperionError) as caught:
                Client(server.uri).completion("p", stream=True)
        self.assertEqual((None, "gone"), (caught.exception.code, caught.exception.message))

    def test_the_key_is_sent_and_cannot_end_a_header(self):
        for mode, answer in (("REST", events('event: done\ndata: {"output":"a"}\n\n')), ("WEBSOCKET", web_socket(frame(DONE)))):
            with Scripted(answer) as server:
                client = Client(server.uri, api_key="123", mode=mode)
                client.generate(prompt="a")
                client.close()
                self.assertIn("\r\nAuthorization: Bearer 123\r\n", server.heads[0])
            with Scripted(answer) as server, self.assertRaises(ValueError):
                Client(server.uri, api_key="123\r\nX: y", mode=mode).generate(prompt="a")

    def test_addresses(self):
        for uri, path in (("", "/hyperion"), ("/", ""), ("/a/b/", "/a/b")):
            with Scripted(http("{}")) as server:
                Client("http://" + server.uri + uri).status()
                self.assertTrue(server.heads[0].startswith(f"GET {path}/ HTTP/1.1\r\n"), server.heads[0])
        for uri in ("ftp://127.0.0.1", "http://", "http://a@127.0.0.1", "http://127.0.0.1/?a", "http://127.0.0.1:x"):
            with self.assertRaises(ValueError, msg=uri):
                Client(uri).models()

    def test_modes(self):
        with self.assertRaises(ValueError):
            Client(mode="PIGEON").generate(prompt="a")


@unittest.skipUnless(os.environ.get("HYPERION_TEST_URI"), "HYPERION_TEST_URI is not set")
class RunningServer(unittest.TestCase):
    MESSAGES = [{"role": "user", "content": "Count to 5."}]

    def setUp(self):
        self.client = Client(os.environ["HYPERION_TEST_URI"], os.environ.get("HYPERION_TEST_KEY"))
        self.addCleanup(self.client.close)

    def test_the_client_that_is_there_already(self):
        HyperionClient.uri = self.client.uri
        HyperionClient.api_key = self.client.api_key
        HyperionClient.mode = "WEBSOCKET"
        self.addCleanup(HyperionClient.close)
        response = HyperionClient.generate(
            messages=self.MESSAGES, stream=True, loader="lamma.cpp", temperature=0.5, top_p=1, top_k=50, do_sample=True, max_tokens=8
        )
        self.assertEqual("".join(response), response.reply["output"])

    def test_generate(self):
        for mode in MODES:
            with self.subTest(mode):
                self.client.mode = mode
                # Long enough that it does not come in one piece, whoever is slow.
                request = dict(messages=self.MESSAGES, temperature=0, max_tokens=300, ignore_eos=True, model=None)
                reply = self.client.generate(**request)
                self.assertEqual("true", reply["success"])
                self.assertEqual(300, reply["completion_tokens"])
                self.assertEqual("model.generate", reply["method"])
                stream = self.client.generate(stream=True, **request)
                pieces = list(stream)
                self.assertGreater(len(pieces), 1)
                self.assertEqual(reply["output"], "".join(pieces))
                self.assertEqual(reply["output"], stream.reply["output"])
                self.assertEqual(reply["finish_reason"], stream.reply["finish_reason"])

    def test_several_texts(self):
        for mode in MODES:
            with self.subTest(mode):
                self.client.mode = mode
                with self.client.generate(messages=self.MESSAGES, temperature=1, seed=7, n=2, n_probs=1, max_tokens=8, stream=True) as stream:
                    texts = ["", ""]
                    for piece in stream:
                        self.assertIsInstance(piece, Piece)
                        texts[piece.fields["index"]] += piece
                        self.assertIn("completion_probabilities", piece.fields)
                self.assertEqual([completion["output"] for completion in stream.reply["completions"]], texts)

    def test_completion(self):
        for mode in MODES:
            with self.subTest(mode):
                self.client.mode = mode
                result = self.client.completion("Once upon a time", n_predict=12, temperature=0)
                stream = self.client.completion("Once upon a time", n_predict=12, temperature=0, stream=True)
                self.assertEqual(result["content"], "".join(stream))
                self.assertTrue(stream.reply["stop"])
                results = self.client.completion(["Once", "upon"], n_predict=2, temperature=0)
                self.assertEqual([0, 1], [one["index"] for one in results])

    def test_long_texts_with_all_kinds_of_letters(self):
        text = "äöü€😀\u2028\\\"\r\n" * 500
        for mode in MODES:
            with self.subTest(mode):
                self.client.mode = mode
                with self.assertRaises(HyperionError) as caught:
                    self.client.generate(prompt=text * 4)
                self.assertEqual("HYP-3001", caught.exception.code)
                reply = self.client.generate(prompt=text[:50], max_tokens=1)
                self.assertEqual(text[:50], reply["prompt"])

    def test_errors(self):
        for mode in MODES:
            with self.subTest(mode):
                self.client.mode = mode
                for stream in (False, True):
                    with self.assertRaises(HyperionError) as caught:
                        self.client.generate(messages=self.MESSAGES, model="nobody", stream=stream)
                    self.assertEqual("HYP-2001", caught.exception.code)
                    self.assertEqual(404 if mode == "REST" else None, caught.exception.status)
                    with self.assertRaises(HyperionError) as caught:
                        self.client.generate(messages=self.MESSAGES, top_p=2, stream=stream)
                    self.assertEqual(("HYP-1003", "top_p"), (caught.exception.code, caught.exception.parameter))
                    with self.assertRaises(HyperionError) as caught:
                        self.client.completion("a", top_p=2, stream=stream)
                    self.assertEqual("HYP-1003", caught.exception.code)
                self.assertGreater(len(self.client.generate(prompt="Once", max_tokens=1)), 0)

    @unittest.skipUnless(os.environ.get("HYPERION_TEST_KEY"), "HYPERION_TEST_KEY is not set")
    def test_keys(self):
        for mode in MODES:
            with self.subTest(mode):
                self.client.mode = mode
                for key in (None, "nonsense"):
                    self.client.api_key = key
                    with self.assertRaises(HyperionError) as caught:
                        self.client.generate(prompt="Once", max_tokens=1)
                    self.assertEqual(("HYP-4001", 401), (caught.exception.code, caught.exception.status))
                    with self.assertRaises(HyperionError) as caught:
                        self.client.models()
                    self.assertEqual("HYP-4001", caught.exception.code)

    def test_models(self):
        models = self.client.models()
        self.assertTrue(any(model["default"] for model in models))
        self.assertEqual(models[0]["name"], self.client.model(models[0]["name"])["name"])
        with self.assertRaises(HyperionError) as caught:
            self.client.model("no body/at all?")
        self.assertEqual("HYP-2001", caught.exception.code)

    def test_many_threads(self):
        for mode in MODES:
            with self.subTest(mode):
                self.client.mode = mode
                outputs = []

                def ask():
                    outputs.append(self.client.generate(messages=self.MESSAGES, temperature=0)["output"])

                threads = [threading.Thread(target=ask) for _ in range(8)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                self.assertEqual(8, len(outputs))
                self.assertEqual(1, len(set(outputs)))

    @unittest.skipUnless(os.environ.get("HYPERION_TEST_ENDLESS"), "HYPERION_TEST_ENDLESS is not set")
    def test_cancelling_frees_the_slot(self):
        endless = dict(
            model=os.environ["HYPERION_TEST_ENDLESS"], prompt="Once", max_tokens=1_000_000_000, ignore_eos=True, context_shift=True, stream=True
        )
        for mode in MODES:
            with self.subTest(mode):
                self.client.mode = mode
                stream = self.client.generate(**endless)
                next(stream)
                # From another thread, as a button would.
                threading.Timer(0.1, stream.cancel).start()
                for _ in stream:
                    pass
                if mode == "WEBSOCKET":
                    self.assertEqual("cancelled", stream.reply["finish_reason"])
                with self.client.generate(**endless) as left:
                    next(left)
                for _ in self.client.generate(**endless):
                    break
                self.client.close()
                reply = self.client.generate(model=endless["model"], prompt="Once", max_tokens=1, timeout=30)
                self.assertEqual("true", reply["success"])

    @unittest.skipUnless(os.environ.get("HYPERION_TEST_LATE"), "HYPERION_TEST_LATE is not set")
    def test_progress_of_models_that_are_not_there_yet(self):
        names = os.environ["HYPERION_TEST_LATE"].split(",")
        for mode in MODES:
            with self.subTest(mode):
                self.client.mode = mode
                name = names[MODES.index(mode)]
                heard, hear = self.listener(name)
                reply = self.client.generate(prompt="Once", model=name, max_tokens=1, on_progress=hear)
                self.assertEqual("true", reply["success"])
                self.assert_downloaded(name, heard)
        heard, hear = self.listener(names[2])
        self.assertEqual("ready", self.client.pull(names[2], on_progress=hear)["state"])
        self.assert_downloaded(names[2], heard)
        self.assertEqual("loaded", self.client.load(names[2])["state"])
        self.assertEqual("ready", self.client.unload(names[2])["state"])

    @staticmethod
    def listener(name):
        heard, release = [], os.environ.get("HYPERION_TEST_RELEASE")

        def hear(progress):
            heard.append(progress)
            if release and progress["bytes"] > 0:
                urllib.request.urlopen(release + name).close()

        return heard, hear

    def assert_downloaded(self, name, heard):
        downloading = [progress for progress in heard if progress["state"] == "downloading"]
        self.assertTrue(downloading)
        self.assertEqual({name}, {progress["model"] for progress in heard})
        self.assertGreater(downloading[-1]["bytes"], 0)
        self.assertGreaterEqual(downloading[-1]["total_bytes"], downloading[-1]["bytes"])

    def test_status(self):
        status = self.client.status()
        self.assertIn("version", status)
        self.assertTrue(any(model["default"] for model in status["models"]))


if __name__ == "__main__":
    unittest.main()
