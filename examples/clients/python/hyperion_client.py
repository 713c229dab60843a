"""A client of Hyperion, the model server, in one file: Python 3.8 or later, and nothing else.

    from hyperion_client import HyperionClient

    HyperionClient.uri = "127.0.0.1:8080"
    HyperionClient.mode = "WEBSOCKET"
    reply = HyperionClient.generate(messages=[{"role": "user", "content": "What do you know about dogs?"}])
    print(reply["output"])

HyperionClient is a client that is there already; further ones are made by Client(uri=..., api_key=..., mode=...). A client may be used by
many threads at once; a Stream belongs to one, but for its cancel().
"""

import base64
import hashlib
import http.client
import json
import os
import select
import socket
import ssl
import struct
import threading
import time
import urllib.parse

__all__ = ["Client", "HyperionClient", "HyperionError", "Piece", "Stream"]

UNREACHABLE = "HYP-6005"
FOREIGN_ANSWER = "HYP-9004"

_MAX_MESSAGE = 1 << 28
_MAX_HEAD = 1 << 16
_MAX_ERROR = 1 << 20


class HyperionError(Exception):
    """What Hyperion has refused, or could not do.

    code: such as "HYP-2001", which keeps its meaning for ever (docs/http.md lists them all); HYP-6005 if the server cannot be reached or the
        connection broke, HYP-9004 if what answers is not Hyperion; None for an error within a stream of llama.cpp's protocol, which tells none
    parameter: the field that is wrong, or None
    status: the HTTP status, or None
    retry_after: in how many seconds to try again, as the server estimates, or None
    """

    def __init__(self, code, message, parameter=None, status=None, retry_after=None):
        super().__init__(f"{code}: {message}" if code else message)
        self.code = code
        self.message = message
        self.parameter = parameter
        self.status = status
        self.retry_after = retry_after


class Piece(str):
    """A piece of a text, and in its fields what else came with it: index, completion_probabilities, tokens."""

    def __new__(cls, text, fields):
        piece = super().__new__(cls, text)
        piece.fields = fields
        return piece


class Stream:
    """The pieces of a text as they come. Iterating gives them; afterwards reply has the whole reply.

    Leaving it early, by close() or at the end of a with block, cancels the generation.
    """

    def __init__(self, exchange, on_progress):
        self.reply = None
        """The whole reply; None until the end, and after a cancelled generation of mode REST."""
        self._exchange = exchange
        self._on_progress = on_progress
        self._events = exchange.events()
        self._ended = False
        # A refusal is an error of the call that makes the stream.
        self._first = self._take()

    def __iter__(self):
        return self

    def __next__(self):
        piece, self._first = self._first, None
        if piece is None and not self._ended:
            piece = self._take()
        if piece is None:
            raise StopIteration
        return piece

    def _take(self):
        try:
            for name, data in self._events:
                if name == "token":
                    return Piece(data.pop("text", ""), data)
                if name == "progress":
                    if self._on_progress:
                        self._on_progress(data)
                else:
                    self.reply = data
            self._ended = True
            return None
        except BaseException:
            self.close()
            raise

    def cancel(self):
        """Ends the generation. The pieces end soon after; may be called from any thread."""
        self._exchange.cancel()

    def close(self):
        """Ends the generation, and the stream at once. May be called twice."""
        self._ended = True
        self._first = None
        self._exchange.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


class Client:
    """A way to one server.

    uri: where Hyperion is: "host:port", or "http://host:port/path" or "https://..."; the path is /hyperion if none is given
    api_key: the key, or None
    mode: "REST" or "WEBSOCKET": how generations are asked for. All else goes by HTTP in both
    connect_timeout: seconds until a connection must have come about
    patience: seconds that the server may be silent over HTTP, such as while a request waits for its turn. A WebSocket is asked with a ping
        every 20 seconds whether it is still there
    ssl_context: an ssl.SSLContext for https, or None for the usual one
    """

    def __init__(self, uri="127.0.0.1:8080", api_key=None, mode="REST"):
        self.uri = uri
        self.api_key = api_key
        self.mode = mode
        self.connect_timeout = 10
        self.patience = 600
        self.ssl_context = None
        self._idle = None
        self._lock = threading.Lock()

    def generate(self, messages=None, model=None, stream=False, loader=None, on_progress=None, **parameters):
        """Has a model reply to a conversation, or with prompt="..." go on from a text.

        parameters are those of POST /generate, such as temperature, top_p, top_k, do_sample, max_tokens, stop, seed, timeout, tools. Those
        that are None are left out. on_progress is called with a dict while the model is downloaded or loaded: model, state, fraction, bytes,
        total_bytes, bytes_per_second, remaining_seconds, as far as they are known.

        Returns the reply, a dict with output, finish_reason, prompt_tokens and more; with stream=True a Stream, once its first piece is there.
        """
        fields = dict(parameters, messages=messages, model=model, loader=loader)
        return self._generation("generate", fields, stream, on_progress)

    def completion(self, prompt, model=None, stream=False, on_progress=None, **parameters):
        """Has a model go on from a prompt, with the names and results of llama.cpp's POST /completion.

        prompt may be a list of prompts; the reply is a list of results then. on_progress is called in mode WEBSOCKET; llama.cpp's protocol over
        HTTP has no word for it.
        """
        return self._generation("completion", dict(parameters, prompt=prompt, model=model), stream, on_progress)

    def models(self):
        """Returns the models, a list of dicts."""
        return self._call("GET", "/models")["models"]

    def model(self, name):
        """Returns one model, a dict."""
        return self._call("GET", "/models/" + _quoted(name))

    def status(self):
        """Returns how the server is: version, devices, models, downloads, pools, figures."""
        return self._call("GET", "/")

    def load(self, name, on_progress=None):
        """Brings a model into memory, downloading it before if need be. Returns the model when it is there. Needs an administrator's key."""
        return self._act(name, "load", on_progress)

    def pull(self, name, on_progress=None):
        """Downloads the file of a model. Returns the model when it is there. Needs an administrator's key."""
        return self._act(name, "pull", on_progress)

    def unload(self, name):
        """Takes a model out of memory, or ends its loading or download. Needs an administrator's key."""
        return self._act(name, "unload", None)

    def pin(self, name):
        """Keeps a model in memory. Needs an administrator's key."""
        return self._act(name, "pin", None)

    def unpin(self, name):
        """Lets a model be unloaded when it is idle. Needs an administrator's key."""
        return self._act(name, "unpin", None)

    def add(self, name, source, **settings):
        """Adds a model, such as source="hf:owner/repository:Q4_K_M". Needs an administrator's key."""
        return self._call("POST", "/models", dict(settings, name=name, source=source))

    def remove(self, name, file=False):
        """Takes a model away that was added, and with file=True its file too. Needs an administrator's key."""
        return self._call("DELETE", "/models/" + _quoted(name) + ("?file=true" if file else ""))

    def close(self):
        """Closes the WebSocket that is kept for the next request. The client can be used again."""
        with self._lock:
            idle, self._idle = self._idle, None
        if idle:
            idle.close()

    def _generation(self, method, fields, stream, on_progress):
        fields = {name: value for name, value in fields.items() if value is not None}
        mode = str(self.mode).upper()
        if mode not in ("REST", "WEBSOCKET"):
            raise ValueError(f"mode must be 'REST' or 'WEBSOCKET', but is {self.mode!r}")
        if mode == "REST" and method == "completion" and not stream:
            return self._call("POST", "/completion", fields)
        if mode == "WEBSOCKET":
            # Of progress the server tells those who want pieces.
            exchange = _SocketExchange(self, method, dict(fields, stream=bool(stream or on_progress)))
        else:
            # As a stream, even if it is wanted whole: the server sees when nobody waits any more, and can tell of progress.
            exchange = _HttpExchange(self, "POST", "/" + method, dict(fields, stream=True))
        result = Stream(exchange, on_progress)
        if stream:
            return result
        with result:
            for _ in result:
                pass
            return result.reply

    def _act(self, name, act, on_progress):
        path = "/models/" + _quoted(name) + "/" + act
        # As a stream, which tells that the server is there, however long it takes.
        with Stream(_HttpExchange(self, "POST", path, {"stream": True}), on_progress) as result:
            for _ in result:
                pass
            return result.reply

    def _call(self, method, path, body=None):
        exchange = _HttpExchange(self, method, path, body)
        try:
            return exchange.whole()
        finally:
            exchange.close()

    def _take_socket(self):
        with self._lock:
            idle, self._idle = self._idle, None
        if idle and idle.is_fresh(self):
            return idle
        if idle:
            idle.close()
        return _WebSocket(self)

    def _give_socket(self, used):
        with self._lock:
            used, self._idle = self._idle, used
        if used:
            used.close()


HyperionClient = Client()
"""The client for programs that need one."""


def _quoted(name):
    return urllib.parse.quote(name, safe="")


def _address(uri):
    """The scheme, host, port and path of a server's address."""
    text = str(uri)
    parts = urllib.parse.urlsplit(text if "://" in text else "http://" + text)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    if scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError(f"uri must be host:port, or an http or https address, but is {text!r}")
    path = parts.path.rstrip("/") if parts.path else "/hyperion"
    return scheme, parts.hostname, parts.port or (443 if scheme == "https" else 80), path


def _unreachable(client, error):
    text = "does not answer in time" if isinstance(error, socket.timeout) else str(error) or type(error).__name__
    return HyperionError(UNREACHABLE, f"{client.uri} cannot be reached, or the connection broke: {text}")


def _foreign(client, what):
    return HyperionError(FOREIGN_ANSWER, f"What answers at {client.uri} is not Hyperion, or its answer is damaged: {what}")


def _read_json(client, text):
    try:
        return json.loads(text)
    except ValueError as error:
        raise _foreign(client, error) from None


def _told_error(data, status=None, headers=None):
    """The error that an answer tells, or None if it tells none that is Hyperion's."""
    told = data.get("error", data) if isinstance(data, dict) else {}
    told = told if isinstance(told, dict) else {"message": str(told)}
    headers = headers or {}
    code = headers.get("Hyperion-Error") or told.get("code")
    if not isinstance(code, str):
        code = None
    if code is None and (status is not None or "message" not in told):
        return None
    retry_after = told.get("retry_after", headers.get("Retry-After"))
    try:
        retry_after = None if retry_after is None else float(retry_after)
    except ValueError:
        retry_after = None
    parameter = told.get("parameter") or headers.get("Hyperion-Parameter")
    return HyperionError(code, told.get("message", code), parameter, status, retry_after)


class _HttpExchange:
    """One request over HTTP, with a connection of its own."""

    def __init__(self, client, method, path, body):
        self._client = client
        self._cancelled = False
        self._socket = None
        scheme, host, port, base = _address(client.uri)
        kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
        more = {"context": client.ssl_context} if scheme == "https" else {}
        self._connection = kind(host, port, timeout=client.connect_timeout, **more)
        streams = isinstance(body, dict) and body.get("stream") is True
        headers = {"Accept": "text/event-stream" if streams else "application/json"}
        if client.api_key:
            headers["Authorization"] = "Bearer " + client.api_key
        if body is not None:
            body = json.dumps(body).encode("utf-8")
            headers["Content-Type"] = "application/json"
        try:
            self._connection.connect()
            self._socket = self._connection.sock
            self._socket.settimeout(client.patience)
            self._connection.request(method, base + path, body, headers)
            self._response = self._connection.getresponse()
            self._require_success()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if isinstance(error, http.client.BadStatusLine) and not isinstance(error, http.client.RemoteDisconnected):
                raise _foreign(client, error) from None
            raise _unreachable(client, error) from error
        except BaseException:
            self.close()
            raise

    def _require_success(self):
        if self._response.status in (200, 201):
            return
        text = self._response.read(_MAX_ERROR)
        try:
            data = json.loads(text)
        except ValueError:
            data = None
        raise _told_error(data, self._response.status, self._response.headers) or _foreign(
            self._client, f"it answers with status {self._response.status}"
        )

    def whole(self):
        """The answer's JSON."""
        if not self._response.headers.get("Content-Type", "").startswith("application/json"):
            raise _foreign(self._client, "its answer is no JSON")
        try:
            return _read_json(self._client, self._response.read(_MAX_MESSAGE))
        except (OSError, http.client.HTTPException) as error:
            raise _unreachable(self._client, error) from error

    def events(self):
        """The events of a stream: a name and its data. Raises the error that it ends with."""
        try:
            yield from self._named()
        except HyperionError:
            raise
        except Exception as error:
            # One whose connection has been shut down under it fails in any way.
            if isinstance(error, (OSError, http.client.HTTPException)) and not self._cancelled:
                raise _unreachable(self._client, error) from error
            if not self._cancelled:
                raise
        finally:
            self.close()

    def _named(self):
        if not self._response.headers.get("Content-Type", "").startswith("text/event-stream"):
            raise _foreign(self._client, "its answer is no stream of events")
        results = []
        for field, name, text in self._fields():
            data = _read_json(self._client, text)
            if not isinstance(data, dict):
                raise _foreign(self._client, "an event is no object")
            if field == "error" or name == "error":
                raise _told_error(data) or _foreign(self._client, "an error without a message")
            if name == "message":
                # llama.cpp's protocol: the results come last, and have no text of their own.
                if data.get("stop"):
                    results.append(data)
                else:
                    data["text"] = data.pop("content", "")
                    yield "token", data
            else:
                yield name, data
                if name == "done":
                    return
        if not results:
            if not self._cancelled:
                raise _unreachable(self._client, "the stream ended early")
            return
        yield "done", results[0] if len(results) == 1 else results

    def _fields(self):
        """The fields of server-sent events that have data: "data" or "error", the event's name, the text."""
        name, data = "message", []
        while True:
            line = self._response.readline(_MAX_MESSAGE)
            if not line:
                return
            try:
                line = line.decode("utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise _foreign(self._client, error) from None
            field, _, value = line.partition(":")
            value = value[1:] if value.startswith(" ") else value
            if not line:
                if data:
                    yield data[0][0], name, "\n".join(text for _, text in data)
                name, data = "message", []
            elif field == "event":
                name = value
            elif field in ("data", "error"):
                data.append((field, value))

    def cancel(self):
        self._cancelled = True
        if self._socket:
            try:
                # Wakes whoever reads, which closing does not.
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # The server was faster.

    def close(self):
        self._connection.close()


class _SocketExchange:
    """One generation over a WebSocket, which is kept for the next one if it ends well."""

    def __init__(self, client, method, params):
        self._client = client
        self._cancelled = False
        self._socket = client._take_socket()
        self._open = True
        self._send({"id": 1, "method": method, "params": params})

    def _send(self, message):
        try:
            self._socket.send(json.dumps(message))
        except OSError as error:
            self.close()
            raise _unreachable(self._client, error) from error

    def events(self):
        try:
            while True:
                frame = _read_json(self._client, self._socket.receive())
                name = frame.pop("event", None) if isinstance(frame, dict) else None
                if name == "error":
                    error = _told_error(frame) or _foreign(self._client, "an error without a message")
                    self._keep()
                    raise error
                if name not in ("token", "progress", "done") or frame.pop("id", None) != 1:
                    raise _foreign(self._client, "a frame that belongs to nothing")
                if name == "done":
                    self._keep()
                    yield name, frame.get("results", frame)
                    return
                yield name, frame
        except OSError as error:
            raise _unreachable(self._client, error) from error
        finally:
            self.close()

    def _keep(self):
        if self._open:
            self._open = False
            self._client._give_socket(self._socket)

    def cancel(self):
        if self._open and not self._cancelled:
            self._cancelled = True
            self._send({"id": 1, "method": "cancel"})

    def close(self):
        if self._open:
            self._open = False
            self._socket.close()


class _WebSocket:
    """The client's side of RFC 6455, without extensions."""

    _GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    _KEEP_ALIVE = 20
    _TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10

    def __init__(self, client):
        self._client = client
        self._buffer = bytearray()
        self._sending = threading.Lock()
        self._settings = self._settings_of(client)
        scheme, host, port, path = _address(client.uri)
        try:
            self._socket = socket.create_connection((host, port), client.connect_timeout)
        except OSError as error:
            raise _unreachable(client, error) from error
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if scheme == "https":
                context = client.ssl_context or ssl.create_default_context()
                self._socket = context.wrap_socket(self._socket, server_hostname=host)
            self._shake_hands(host, port, path)
            self._socket.settimeout(self._KEEP_ALIVE)
        except OSError as error:
            self._socket.close()
            raise _unreachable(client, error) from error
        except BaseException:
            self._socket.close()
            raise

    @staticmethod
    def _settings_of(client):
        return client.uri, client.api_key, client.ssl_context

    def is_fresh(self, client):
        """Whether this is still the way that the client is set to, and the server has not closed it meanwhile."""
        return (
            self._settings == self._settings_of(client)
            and not self._buffer
            and not select.select([self._socket], [], [], 0)[0]
        )

    def _shake_hands(self, host, port, path):
        key = base64.b64encode(os.urandom(16)).decode("ascii")
        named = f"[{host}]" if ":" in host else host
        lines = [
            f"GET {path}/ws HTTP/1.1",
            f"Host: {named}:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        ]
        if self._client.api_key:
            if any(c in self._client.api_key for c in "\r\n"):
                raise ValueError("api_key has a line break")
            lines.append("Authorization: Bearer " + self._client.api_key)
        self._socket.sendall("\r\n".join(lines + ["", ""]).encode("utf-8"))
        status, headers = self._head()
        accept = base64.b64encode(hashlib.sha1((key + self._GUID).encode("ascii")).digest()).decode("ascii")
        if status != 101:
            length = headers.get("Content-Length", "0")
            length = int(length) if length.isdigit() else 0
            while len(self._buffer) < min(length, _MAX_ERROR):
                self._fill()
            try:
                data = json.loads(bytes(self._buffer))
            except ValueError:
                data = None
            raise _told_error(data, status, headers) or _foreign(self._client, f"it answers with status {status}")
        if headers.get("Upgrade", "").lower() != "websocket" or headers.get("Sec-WebSocket-Accept") != accept:
            raise _foreign(self._client, "it opens no WebSocket")

    def _head(self):
        while b"\r\n\r\n" not in self._buffer:
            if len(self._buffer) > _MAX_HEAD:
                raise _foreign(self._client, "its headers have no end")
            self._fill()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        parts = lines[0].split(" ", 2)
        if len(parts) < 2 or not parts[0].startswith("HTTP/1.") or not parts[1].isdigit():
            raise _foreign(self._client, "it does not speak HTTP")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers["-".join(part.capitalize() for part in name.strip().split("-"))] = value.strip()
        headers["Sec-WebSocket-Accept"] = headers.get("Sec-Websocket-Accept")
        return int(parts[1]), headers

    def _fill(self):
        data = self._socket.recv(1 << 16)
        if not data:
            raise ConnectionError("the server has closed the connection")
        self._buffer += data

    def _take(self, count):
        while len(self._buffer) < count:
            self._wait()
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _wait(self):
        try:
            self._fill()
        except socket.timeout:
            # Silence is allowed, but only to those who are there.
            self._frame(self._PING, b"")
            self._fill()

    def send(self, text):
        """Sends a text. Safe for use by many threads."""
        self._frame(self._TEXT, text.encode("utf-8"))

    def _frame(self, opcode, payload):
        length = len(payload)
        head = bytes([0x80 | opcode])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 1 << 16:
            head += bytes([0x80 | 126]) + struct.pack("!H", length)
        else:
            head += bytes([0x80 | 127]) + struct.pack("!Q", length)
        mask = os.urandom(4)
        # As one number: a loop over the bytes takes seconds for a long text.
        key = int.from_bytes((mask * (length // 4 + 1))[:length], "big")
        masked = (int.from_bytes(payload, "big") ^ key).to_bytes(length, "big")
        with self._sending:
            self._socket.sendall(head + mask + masked)

    def receive(self):
        """The next text, whose parts are put together. Answers pings."""
        parts, size = [], 0
        while True:
            first, second = self._take(2)
            opcode, final, length = first & 0x0F, first & 0x80, second & 0x7F
            if length == 126:
                length = struct.unpack("!H", self._take(2))[0]
            elif length == 127:
                length = struct.unpack("!Q", self._take(8))[0]
            control = opcode >= self._CLOSE
            wrong = first & 0x70 or second & 0x80 or control and (length > 125 or not final)
            wrong = wrong or opcode not in (0, self._TEXT, self._CLOSE, self._PING, self._PONG)
            wrong = wrong or opcode == self._TEXT and parts or opcode == 0 and not parts
            if wrong or size + length > _MAX_MESSAGE:
                raise _foreign(self._client, "a frame that is none of a WebSocket, or too large")
            payload = self._take(length)
            if opcode == self._CLOSE:
                reason = payload[2:].decode("utf-8", "replace")
                raise ConnectionError("the server has closed the WebSocket" + (": " + reason if reason else ""))
            if opcode == self._PING:
                self._frame(self._PONG, payload)
            elif not control:
                parts.append(payload)
                size += length
                if final:
                    try:
                        return b"".join(parts).decode("utf-8")
                    except UnicodeDecodeError as error:
                        raise _foreign(self._client, error) from None

    def close(self):
        try:
            self._socket.settimeout(1)
            self._frame(self._CLOSE, struct.pack("!H", 1000))
        except OSError:
            pass  # It is gone already.
        self._socket.close()
