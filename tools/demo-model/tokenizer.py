"""The vocabulary, and an encoder that splits text exactly as llama.cpp's "llama" tokenizer does.

Copying is easiest when a word is cut into the same pieces wherever it stands. So pieces are runs
of letters without the space before them, learnt from text without any names; only frequent whole
words have a variant with the space in front, which is merged last.

pieces.txt holds the learnt pieces, best first; `python3 tokenizer.py` learns them anew. They are kept,
since a model is bound to its vocabulary while the corpus goes on changing.
"""

import collections
import heapq
import os
import re

import corpus

SPACE = "\u2581"
CONTROL = ["<|im_start|>", "<|im_end|>"]
TAGS = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<tools>", "</tools>"]
SYMBOLS = ["\":", "\",", "{\"", "\"}", "}}", SPACE + "\"", SPACE + "{\"", SPACE + "{"]
NORMAL, UNKNOWN, CONTROL_TYPE, USER_DEFINED, BYTE = 1, 2, 3, 4, 6
START, END, NEWLINE = 1, 2, 3 + 0x0A

_SPECIAL = re.compile("(" + "|".join(re.escape(t) for t in CONTROL + TAGS) + ")")
# No piece of the vocabulary reaches over the end of such a chunk, so each is cut on its own.
_CHUNK = re.compile(SPACE + "?[A-Za-z]+|" + SPACE + "?[^A-Za-z" + SPACE + "]+|" + SPACE)


class Tokenizer:
    """pieces, scores and types are the three GGUF arrays."""

    def __init__(self, merges):
        self.pieces = ["<unk>"] + CONTROL + ["<0x%02X>" % b for b in range(256)] + TAGS
        self.types = [UNKNOWN] + [CONTROL_TYPE] * 2 + [BYTE] * 256 + [USER_DEFINED] * len(TAGS)
        self.scores = [0.0] * len(self.pieces)
        for rank, piece in enumerate(merges):
            self.pieces.append(piece)
            self.types.append(NORMAL)
            self.scores.append(-float(rank))
        for c in [SPACE] + [chr(c) for c in range(33, 127)]:
            self.pieces.append(c)
            self.types.append(NORMAL)
            self.scores.append(-1e4)
        self.ids = {p: i for i, p in enumerate(self.pieces)}
        self.mergeable = {p: self.scores[i] for i, p in enumerate(self.pieces) if self.types[i] == NORMAL}
        self.cache = {}

    def _merge(self, chunk):
        symbols = list(chunk)
        following = list(range(1, len(symbols))) + [-1]
        before = [-1] + list(range(len(symbols) - 1))
        queue = []

        def offer(left, right):
            if left < 0 or right < 0:
                return
            text = symbols[left] + symbols[right]
            score = self.mergeable.get(text)
            if score is not None:
                heapq.heappush(queue, (-score, left, right, text))

        for i in range(len(symbols) - 1):
            offer(i, i + 1)
        while queue:
            _, left, right, text = heapq.heappop(queue)
            if symbols[left] is None or symbols[right] is None or symbols[left] + symbols[right] != text \
                    or following[left] != right:
                continue
            symbols[left], symbols[right] = text, None
            following[left] = following[right]
            if following[left] >= 0:
                before[following[left]] = left
            offer(before[left], left)
            offer(left, following[left])
        out = []
        for s in symbols:
            if s is not None:
                if s in self.ids:
                    out.append(self.ids[s])
                else:
                    out.extend(3 + b for b in s.encode("utf-8"))
        return out

    def encode(self, text):
        out = []
        for part in _SPECIAL.split(text):
            if part in self.ids and _SPECIAL.fullmatch(part):
                out.append(self.ids[part])
                continue
            for chunk in _CHUNK.findall(part.replace(" ", SPACE)):
                ids = self.cache.get(chunk)
                if ids is None:
                    ids = self._merge(chunk)
                    if len(self.cache) < 200000:
                        self.cache[chunk] = ids
                out.extend(ids)
        return out

    def decode(self, ids):
        raw = b""
        for i in ids:
            raw += bytes([i - 3]) if self.types[i] == BYTE else self.pieces[i].replace(SPACE, " ").encode("utf-8")
        return raw.decode("utf-8", "replace")


def learn(inner=680, whole=420, seed=7, conversations=6000):
    """The pieces of conversations that hold nothing random: words are cut into letters and merged again pair by pair."""
    source = corpus.Corpus(seed, blank=True)
    words, spaced = collections.Counter(), collections.Counter()
    for _ in range(conversations):
        for text, _ in corpus.render(*source.conversation()):
            for space, word in re.findall("( ?)([A-Za-z]+)", _SPECIAL.sub("\n", text)):
                words[word] += 1
                if space:
                    spaced[word] += 1
    for word in corpus.WORDS:
        words[word] += 10
    split = {w: (list(w), n ** 0.6) for w, n in words.items()}
    merges = []
    while len(merges) < inner:
        pairs = collections.Counter()
        for parts, n in split.values():
            for a, b in zip(parts, parts[1:]):
                pairs[a + b] += n
        best = max(pairs, key=lambda p: (pairs[p], p))
        merges.append(best)
        for parts, _ in split.values():
            i = 0
            while i < len(parts) - 1:
                if parts[i] + parts[i + 1] == best:
                    parts[i:i + 2] = [best]
                i += 1
    merges += SYMBOLS
    known = set(merges) | {"a", "I"}
    return merges + [SPACE + w for w, _ in spaced.most_common() if w in known][:whole]


PIECES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pieces.txt")


def load():
    with open(PIECES, encoding="utf-8") as file:
        return Tokenizer(file.read().split())


if __name__ == "__main__":
    with open(PIECES, "w", encoding="utf-8") as out:
        out.write("\n".join(learn()) + "\n")
