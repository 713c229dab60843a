"""Trains the demo model and writes it as GGUF.

    python3 train.py --out hyperion-demo.gguf --state state.pt --steps 7000

The rate of learning rises shortly, stays, and falls to zero over the last part; what is written on the
way is the running mean of the weights. With an existing --state file training goes on from there.
"""

import argparse
import os
import random
import time

import torch

import corpus
import gguf
import tokenizer
from model import BF, Model, Shape

BUCKETS = (48, 64, 96, 128, 160, 192, 224, 256, 320, 384, 448, 512)


def documents(tokens, seed, progress):
    """Endless (ids, weights). Early on, many are bare copies of random pieces: there, copying is learnt in minutes."""
    source = corpus.Corpus(seed)
    r = random.Random(seed + 1)
    pieces = [i for i, t in enumerate(tokens.types) if t == tokenizer.NORMAL]
    while True:
        share = progress()
        if r.random() < share:
            lines = []
            for _ in range(r.choice((1, 1, 2, 3))):
                lines.append([r.choice(pieces) for _ in range(r.randint(3, 14))])
            ids = [i for line in lines for i in line + [tokenizer.NEWLINE]]
            weights = [0.0] * len(ids)
            r.shuffle(lines)
            for line in lines:
                ids += line + [tokenizer.NEWLINE]
                weights += [0.0 if len(lines) > 1 else 1.0] + [1.0] * len(line)
            yield ids, weights
            continue
        ids, weights = [], []
        for text, weight in corpus.render(*source.conversation(), compact=r.random() < 0.12):
            part = tokens.encode(text)
            ids += part
            # Nearly all is decided by how an answer begins.
            weights += [2 * weight] + [weight] * (len(part) - 1)
        if len(ids) <= BUCKETS[-1]:
            yield ids, weights


def batches(source, size):
    """Endless lists of (ids, targets, weights), each list one step: rows of like length, several lengths a step."""
    waiting = {b: [] for b in BUCKETS}
    ready = []
    for ids, weights in source:
        bucket = next(b for b in BUCKETS if b >= len(ids) - 1)
        rows = waiting[bucket]
        rows.append((ids, weights))
        if len(rows) * bucket >= size / 3:
            t = torch.zeros(len(rows), bucket + 1, dtype=torch.int64)
            w = torch.zeros(len(rows), bucket + 1)
            for i, (a, b) in enumerate(rows):
                t[i, :len(a)] = torch.tensor(a)
                w[i, :len(b)] = torch.tensor(b)
            ready.append((t[:, :-1].contiguous(), t[:, 1:].contiguous(), w[:, 1:].contiguous()))
            waiting[bucket] = []
            if sum(x[0].numel() for x in ready) >= size:
                total = sum(float(x[2].sum()) for x in ready)
                yield [(a, b, c / total) for a, b, c in ready], total
                ready = []


def orthogonal(g):
    """Replaces each matrix of a stack by (nearly) its closest orthogonal one: Newton-Schulz iterations in bfloat16."""
    x = g.to(BF)
    flip = x.shape[-2] > x.shape[-1]
    if flip:
        x = x.transpose(-2, -1).contiguous()
    x = x / (x.float().norm(dim=(-2, -1), keepdim=True) + 1e-7).to(BF)
    for _ in range(5):
        a = x @ x.transpose(-2, -1)
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * (a @ a)) @ x
    return (x.transpose(-2, -1) if flip else x).float()


class Optimizer:
    """Muon for the matrices, Adam for the embedding and the norms."""

    def __init__(self, model, muon=0.02, adam=3e-3, decay=0.02):
        self.model, self.muon, self.adam, self.decay = model, muon, adam, decay
        self.momentum = {k: torch.zeros_like(model.master[k]) for k in model.matrices}
        others = [k for k in model.master if k not in model.matrices]
        self.first = {k: torch.zeros_like(model.master[k]) for k in others}
        self.second = {k: torch.zeros_like(model.master[k]) for k in others}
        self.count = 0

    def step(self, rate):
        self.count += 1
        m, s = self.model, self.model.shape
        for k, v in self.momentum.items():
            g = m.grad[k].float()
            v.lerp_(g, 0.05)
            g.lerp_(v, 0.95)
            # The stacked projections are matrices of their own.
            parts = {"qkv": 3, "gate_up": 2}.get(k, 1)
            u = orthogonal(g.view(s.layers * parts, -1, g.shape[-1]))
            scale = max(1.0, u.shape[-2] / u.shape[-1]) ** 0.5
            m.master[k].mul_(1 - rate * self.muon * self.decay * 5).add_(u.reshape(g.shape), alpha=-rate * self.muon * scale)
        for k in self.first:
            g = m.grad[k]
            self.first[k].lerp_(g, 0.1)
            self.second[k].lerp_(g * g, 0.02)
            a = self.first[k] / (1 - 0.9 ** self.count)
            b = (self.second[k] / (1 - 0.98 ** self.count)).sqrt_().add_(1e-9)
            m.master[k].addcdiv_(a, b, value=-rate * self.adam)
        m.refresh()
        m.zero()


def export(path, shape, weights, tokens):
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "template.jinja"), encoding="utf-8") as file:
        template = file.read().strip()
    count = sum(v.numel() for v in weights.values())
    metadata = {
        "general.architecture": "llama",
        "general.type": "model",
        "general.name": "Hyperion Demo",
        "general.description": "A tiny chat model trained on a synthetic corpus, so that a fresh clone of Hyperion answers with no download.",
        "general.license": "apache-2.0",
        "general.size_label": "%.1fM" % (count / 1e6),
        "general.languages": ["en"],
        "general.file_type": 7,
        "general.quantization_version": 2,
        # Twice what was trained: beyond, answers get worse, but a long prompt is not refused.
        "llama.context_length": 2 * shape.context,
        "llama.embedding_length": shape.width,
        "llama.block_count": shape.layers,
        "llama.feed_forward_length": shape.hidden,
        "llama.attention.head_count": shape.heads,
        "llama.attention.head_count_kv": shape.heads,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": shape.width // shape.heads,
        "llama.rope.freq_base": shape.theta,
        "llama.vocab_size": shape.vocabulary,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": tokens.pieces,
        "tokenizer.ggml.scores": tokens.scores,
        "tokenizer.ggml.token_type": [gguf.Int(t) for t in tokens.types],
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.bos_token_id": tokenizer.START,
        "tokenizer.ggml.eos_token_id": tokenizer.END,
        "tokenizer.ggml.eot_token_id": tokenizer.END,
        "tokenizer.ggml.padding_token_id": tokenizer.END,
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.ggml.add_eos_token": False,
        "tokenizer.ggml.add_space_prefix": False,
        "tokenizer.chat_template": template,
    }
    tensors = {"token_embd.weight": weights["embed"], "output_norm.weight": weights["norm"]}
    for i in range(shape.layers):
        q, k, v = weights["qkv"][i].chunk(3)
        gate, up = weights["gate_up"][i].chunk(2)
        for name, value in (("attn_norm", weights["norm1"][i]), ("attn_q", q), ("attn_k", k), ("attn_v", v),
                            ("attn_output", weights["out"][i]), ("ffn_norm", weights["norm2"][i]),
                            ("ffn_gate", gate), ("ffn_up", up), ("ffn_down", weights["down"][i])):
            tensors["blk.%d.%s.weight" % (i, name)] = value
    gguf.write(path, metadata, {k: v.detach().numpy() for k, v in tensors.items()})


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", default="hyperion-demo.gguf")
    p.add_argument("--state", default="state.pt")
    p.add_argument("--steps", type=int, default=7000)
    p.add_argument("--fall", type=float, default=0.4, help="the share of the steps over which the rate falls to zero")
    p.add_argument("--tokens", type=int, default=6144, help="tokens a step")
    p.add_argument("--every", type=int, default=250, help="steps between two writings")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--layers", type=int, default=6)
    p.add_argument("--hidden", type=int, default=512)
    a = p.parse_args()
    torch.set_num_threads(a.threads)

    tokens = tokenizer.load()
    shape = Shape(len(tokens.pieces), layers=a.layers, hidden=a.hidden)
    model = Model(shape, a.seed)
    optimizer = Optimizer(model)
    mean = {k: v.clone() for k, v in model.master.items()}
    step = 0
    if os.path.exists(a.state):
        saved = torch.load(a.state)
        step, optimizer.count = saved["step"], saved["count"]
        for name, mine in (("master", model.master), ("mean", mean), ("momentum", optimizer.momentum),
                           ("first", optimizer.first), ("second", optimizer.second)):
            for k in mine:
                mine[k].copy_(saved[name][k])
        model.refresh()
    print("%d pieces, %d parameters, from step %d" % (shape.vocabulary, sum(v.numel() for v in model.master.values()), step), flush=True)

    def share():
        return max(0.02, min(1.0, 1.25 - step / 800), 0.6 * (1 - step / 4000))

    source = batches(documents(tokens, a.seed * 1000003 + step, share), a.tokens)
    began, seen, smooth = time.time(), 0, None
    while step < a.steps:
        parts, _ = next(source)
        loss = 0.0
        for ids, targets, weights in parts:
            loss += model.step(ids, targets, weights)
            seen += ids.numel()
        rate = min(1.0, (step + 1) / 60, (a.steps - step) / (a.steps * a.fall))
        optimizer.step(rate)
        step += 1
        keep = min(0.995, 1 - 10 / (step + 10)) if rate == 1.0 else 0.98
        for k, v in mean.items():
            v.lerp_(model.master[k], 1 - keep)
        smooth = loss if smooth is None else 0.95 * smooth + 0.05 * loss
        if step % 25 == 0:
            print("step %d loss %.4f rate %.3f tokens %.1fM %.0f/s" % (step, smooth, rate, seen / 1e6, seen / (time.time() - began)), flush=True)
        if step % a.every == 0 or step == a.steps:
            torch.save({"step": step, "count": optimizer.count, "master": model.master, "mean": mean, "momentum": optimizer.momentum,
                        "first": optimizer.first, "second": optimizer.second}, a.state + ".part")
            os.replace(a.state + ".part", a.state)
            export(a.out, shape, mean, tokens)


if __name__ == "__main__":
    main()
