"""The network: a small llama with explicit forward and backward passes.

The matrix products are PyTorch's in bfloat16 (float32 master weights live in the optimizer), all
else is in kernels.c. There is no autograd: the passes are few and fixed, and this way no
intermediate result is copied or kept longer than needed.
"""

import ctypes
import os
import subprocess
import tempfile

import torch

BF = torch.bfloat16


def _kernels():
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kernels.c")
    library = os.path.join(tempfile.mkdtemp(prefix="demo-model-"), "kernels.so")
    subprocess.run(["gcc", "-O3", "-march=native", "-ffast-math", "-shared", "-fPIC",
                    "-o", library, source, "-lm"], check=True)
    loaded = ctypes.CDLL(library)
    loaded.entropy.restype = ctypes.c_double
    return loaded


K = _kernels()


def call(function, *args):
    """Calls a kernel; tensors go as pointers and must be contiguous."""
    converted = []
    for a in args:
        if isinstance(a, torch.Tensor):
            assert a.is_contiguous()
            converted.append(ctypes.c_void_p(a.data_ptr()))
        else:
            converted.append(ctypes.c_long(a))
    return function(*converted)


class Shape:
    """The sizes that make a model."""

    def __init__(self, vocabulary, width=256, layers=6, heads=4, hidden=640, context=512, theta=10000.0):
        self.vocabulary, self.width, self.layers = vocabulary, width, layers
        self.heads, self.hidden, self.context, self.theta = heads, hidden, context, theta


class Model:
    """Weights (bfloat16 matrices, float32 norms), their gradients, and the two passes."""

    def __init__(self, shape, seed=1):
        self.shape = s = shape
        d, f, n = s.width, s.hidden, s.layers
        g = torch.Generator().manual_seed(seed)

        def normal(*size, std):
            return torch.randn(*size, generator=g) * std

        # Master weights. The projections back into the residual stream start at zero.
        self.master = {
            "embed": normal(s.vocabulary, d, std=0.05),
            "qkv": normal(n, 3 * d, d, std=d ** -0.5),
            "out": torch.zeros(n, d, d),
            "gate_up": normal(n, 2 * f, d, std=d ** -0.5),
            "down": torch.zeros(n, d, f),
            "norm1": torch.ones(n, d),
            "norm2": torch.ones(n, d),
            "norm": torch.ones(d),
        }
        self.matrices = ("qkv", "out", "gate_up", "down")
        self.work = {k: self.master[k].to(BF) for k in self.matrices + ("embed",)}
        self.grad = {k: torch.zeros_like(v) for k, v in self.master.items()}
        for k in self.matrices:
            self.grad[k] = self.grad[k].to(BF)
        w = d // s.heads
        angle = torch.arange(s.context)[:, None] * s.theta ** (-torch.arange(0, w, 2) / w)
        self.cos, self.sin = angle.cos().contiguous(), angle.sin().contiguous()

    def refresh(self):
        """Brings the bfloat16 copies up to date after a step of the optimizer."""
        for k, v in self.work.items():
            v.copy_(self.master[k])

    def zero(self):
        for v in self.grad.values():
            v.zero_()

    def _rms(self, x, w):
        y = torch.empty(x.shape, dtype=BF)
        inv = torch.empty(x.shape[0])
        call(K.rms_forward, x, w, y, inv, x.shape[0], x.shape[1])
        return y, inv

    def forward(self, ids, keep=False):
        """The residual stream after the last layer, for ids of [batch, time]; keeps what backward needs."""
        s = self.shape
        b, t = ids.shape
        n, d, hs, w = b * t, s.width, s.heads, s.width // s.heads
        x = self.master["embed"][ids.view(-1)]
        kept = []
        for i in range(s.layers):
            x0 = x
            y1, inv1 = self._rms(x, self.master["norm1"][i])
            qkv = y1 @ self.work["qkv"][i].t()
            q, k, v = (torch.empty(b * hs, t, w, dtype=BF) for _ in range(3))
            call(K.rope_forward, qkv, self.cos, self.sin, q, k, v, b, t, hs, w)
            a = torch.bmm(q, k.transpose(1, 2))
            call(K.softmax_forward, a, b * hs, t)
            o = torch.bmm(a, v).view(b, hs, t, w).transpose(1, 2).reshape(n, d)
            x = x.clone() if keep else x
            call(K.add, x, o @ self.work["out"][i].t(), n * d)
            x1 = x
            y2, inv2 = self._rms(x, self.master["norm2"][i])
            gu = y2 @ self.work["gate_up"][i].t()
            z = torch.empty(n, s.hidden, dtype=BF)
            call(K.swiglu_forward, gu, z, n, s.hidden)
            x = x.clone() if keep else x
            call(K.add, x, z @ self.work["down"][i].t(), n * d)
            if keep:
                kept.append((x0, y1, inv1, q, k, v, a, o, x1, y2, inv2, gu, z))
        return x, kept

    def logits(self, ids):
        """The logits after the last token of every row."""
        x, _ = self.forward(ids)
        x = x.view(*ids.shape, -1)[:, -1].contiguous()
        y, _ = self._rms(x, self.master["norm"])
        return (y @ self.work["embed"].t()).float()

    def step(self, ids, targets, weights):
        """Adds the gradients of sum(weight * cross entropy) and returns that sum."""
        s = self.shape
        b, t = ids.shape
        n, d, hs, w = b * t, s.width, s.heads, s.width // s.heads
        x, kept = self.forward(ids, keep=True)
        g, m, wk = self.grad, self.master, self.work

        # Only the rows that count, filled up with idle ones to a few sizes: each new shape of a matrix
        # product costs its compilation.
        flat = weights.view(-1)
        rows = flat.nonzero().view(-1)
        rows = torch.cat((rows, (flat == 0).nonzero().view(-1)[:-len(rows) % 256]))
        xr = x[rows]
        y, inv = self._rms(xr, m["norm"])
        logits = y @ wk["embed"].t()
        loss = call(K.entropy, logits, targets.view(-1)[rows], flat[rows], len(rows), s.vocabulary)
        g["embed"] += logits.t() @ y
        dr = torch.zeros_like(xr)
        call(K.rms_backward, logits @ wk["embed"], xr, m["norm"], inv, dr, g["norm"], len(rows), d)
        dx = torch.zeros(n, d)
        dx[rows] = dr

        for i in reversed(range(s.layers)):
            x0, y1, inv1, q, k, v, a, o, x1, y2, inv2, gu, z = kept.pop()
            dh = torch.empty(n, d, dtype=BF)
            call(K.narrow, dx, dh, n * d)
            g["down"][i] += dh.t() @ z
            call(K.swiglu_backward, gu, dh @ wk["down"][i], n, s.hidden)
            g["gate_up"][i] += gu.t() @ y2
            call(K.rms_backward, gu @ wk["gate_up"][i], x1, m["norm2"][i], inv2, dx, g["norm2"][i], n, d)

            call(K.narrow, dx, dh, n * d)
            g["out"][i] += dh.t() @ o
            do = (dh @ wk["out"][i]).view(b, t, hs, w).transpose(1, 2).reshape(b * hs, t, w)
            dv = torch.bmm(a.transpose(1, 2), do)
            da = torch.bmm(do, v.transpose(1, 2))
            call(K.softmax_backward, a, da, b * hs, t)
            dq = torch.bmm(da, k)
            dk = torch.bmm(da.transpose(1, 2), q)
            dqkv = torch.empty(n, 3 * d, dtype=BF)
            call(K.rope_backward, dqkv, self.cos, self.sin, dq, dk, dv, b, t, hs, w)
            g["qkv"][i] += dqkv.t() @ y1
            call(K.rms_backward, dqkv @ wk["qkv"][i], x0, m["norm1"][i], inv1, dx, g["norm1"][i], n, d)
        g["embed"].index_add_(0, ids.view(-1), dx)
        return loss
