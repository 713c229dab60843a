/*
 * The element-wise parts of one training step, each fused into a single pass.
 *
 * On a processor with AMX the bfloat16 matrix products are so cheap that PyTorch's separate
 * element-wise operations would take two thirds of the time. Matrices are row-major; "h" is
 * bfloat16 held as uint16_t, "f" is float. Compiled by model.py on first use.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

typedef uint16_t h;

static inline float up(h v) {
    union { uint32_t i; float f; } u = { (uint32_t) v << 16 };
    return u.f;
}

static inline h down(float v) {
    union { float f; uint32_t i; } u = { v };
    return (h) ((u.i + 0x7fff + ((u.i >> 16) & 1)) >> 16);
}

/* y = x / rms(x) * w, remembering 1 / rms(x) of every row */
void rms_forward(const float *restrict x, const float *restrict w, h *restrict y,
                 float *restrict inv, long n, long d) {
    for (long r = 0; r < n; r++, x += d, y += d) {
        float s = 0;
        for (long i = 0; i < d; i++) s += x[i] * x[i];
        float k = inv[r] = 1.0f / sqrtf(s / d + 1e-5f);
        for (long i = 0; i < d; i++) y[i] = down(x[i] * k * w[i]);
    }
}

/* dx += the gradient of the input, dw += that of the weights */
void rms_backward(const h *restrict dy, const float *restrict x, const float *restrict w,
                  const float *restrict inv, float *restrict dx, float *restrict dw, long n, long d) {
    for (long r = 0; r < n; r++, x += d, dy += d, dx += d) {
        float k = inv[r], s = 0;
        for (long i = 0; i < d; i++) s += up(dy[i]) * w[i] * x[i];
        s *= k * k / d;
        for (long i = 0; i < d; i++) {
            float g = up(dy[i]);
            dw[i] += g * x[i] * k;
            dx[i] += k * (g * w[i] - x[i] * s);
        }
    }
}

/*
 * Splits qkv[b][t][3][head][w] into q, k, v[b][head][t][w], turning each pair (2i, 2i+1) of q and k
 * by the position's angle: llama.cpp's "llama" convention. q is scaled by 1/sqrt(w) on the way.
 */
void rope_forward(const h *restrict qkv, const float *restrict c, const float *restrict s,
                  h *restrict q, h *restrict k, h *restrict v, long b, long t, long heads, long w) {
    float scale = 1.0f / sqrtf(w);
    for (long bi = 0; bi < b; bi++)
        for (long ti = 0; ti < t; ti++)
            for (long hi = 0; hi < heads; hi++) {
                const h *in = qkv + (((bi * t + ti) * 3) * heads + hi) * w;
                long o = ((bi * heads + hi) * t + ti) * w;
                const float *ct = c + ti * w / 2, *st = s + ti * w / 2;
                const h *ik = in + heads * w;
                for (long i = 0; i < w / 2; i++) {
                    float x = up(in[2 * i]), y = up(in[2 * i + 1]);
                    q[o + 2 * i] = down((x * ct[i] - y * st[i]) * scale);
                    q[o + 2 * i + 1] = down((x * st[i] + y * ct[i]) * scale);
                    x = up(ik[2 * i]), y = up(ik[2 * i + 1]);
                    k[o + 2 * i] = down(x * ct[i] - y * st[i]);
                    k[o + 2 * i + 1] = down(x * st[i] + y * ct[i]);
                }
                memcpy(v + o, in + 2 * heads * w, w * sizeof(h));
            }
}

void rope_backward(h *restrict qkv, const float *restrict c, const float *restrict s,
                   const h *restrict q, const h *restrict k, const h *restrict v, long b, long t, long heads, long w) {
    float scale = 1.0f / sqrtf(w);
    for (long bi = 0; bi < b; bi++)
        for (long ti = 0; ti < t; ti++)
            for (long hi = 0; hi < heads; hi++) {
                h *out = qkv + (((bi * t + ti) * 3) * heads + hi) * w;
                h *ok = out + heads * w;
                long o = ((bi * heads + hi) * t + ti) * w;
                const float *ct = c + ti * w / 2, *st = s + ti * w / 2;
                for (long i = 0; i < w / 2; i++) {
                    float x = up(q[o + 2 * i]), y = up(q[o + 2 * i + 1]);
                    out[2 * i] = down((x * ct[i] + y * st[i]) * scale);
                    out[2 * i + 1] = down((y * ct[i] - x * st[i]) * scale);
                    x = up(k[o + 2 * i]), y = up(k[o + 2 * i + 1]);
                    ok[2 * i] = down(x * ct[i] + y * st[i]);
                    ok[2 * i + 1] = down(y * ct[i] - x * st[i]);
                }
                memcpy(out + 2 * heads * w, v + o, w * sizeof(h));
            }
}

/* Causal softmax over a[n][t][t] in place; what lies in the future becomes 0. */
void softmax_forward(h *restrict a, long n, long t) {
    float e[t];
    for (long r = 0; r < n; r++)
        for (long i = 0; i < t; i++, a += t) {
            float m = -1e30f, s = 0;
            for (long j = 0; j <= i; j++) m = fmaxf(m, up(a[j]));
            for (long j = 0; j <= i; j++) {
                e[j] = expf(up(a[j]) - m);
                s += e[j];
            }
            s = 1.0f / s;
            for (long j = 0; j <= i; j++) a[j] = down(e[j] * s);
            memset(a + i + 1, 0, (t - i - 1) * sizeof(h));
        }
}

/* da becomes the gradient of the scores */
void softmax_backward(const h *restrict a, h *restrict da, long n, long t) {
    for (long r = 0; r < n; r++)
        for (long i = 0; i < t; i++, a += t, da += t) {
            float s = 0;
            for (long j = 0; j <= i; j++) s += up(a[j]) * up(da[j]);
            for (long j = 0; j <= i; j++) da[j] = down(up(a[j]) * (up(da[j]) - s));
            memset(da + i + 1, 0, (t - i - 1) * sizeof(h));
        }
}

/* y = silu(gate) * up, the two lying side by side in gu[n][2 * f] */
void swiglu_forward(const h *restrict gu, h *restrict y, long n, long f) {
    for (long r = 0; r < n; r++, gu += 2 * f, y += f)
        for (long i = 0; i < f; i++) {
            float g = up(gu[i]);
            y[i] = down(g / (1.0f + expf(-g)) * up(gu[f + i]));
        }
}

/* gu becomes its own gradient */
void swiglu_backward(h *restrict gu, const h *restrict dy, long n, long f) {
    for (long r = 0; r < n; r++, gu += 2 * f, dy += f)
        for (long i = 0; i < f; i++) {
            float g = up(gu[i]), u = up(gu[f + i]), d = up(dy[i]);
            float s = 1.0f / (1.0f + expf(-g));
            gu[i] = down(d * u * s * (1.0f + g * (1.0f - s)));
            gu[f + i] = down(d * g * s);
        }
}

/* Weighted cross entropy: the logits become their gradient; returns the weighted sum of the losses. */
double entropy(h *restrict logits, const int64_t *restrict target, const float *restrict weight, long n, long v) {
    double total = 0;
    float e[v];
    for (long r = 0; r < n; r++, logits += v) {
        float m = -1e30f, s = 0, own = up(logits[target[r]]);
        for (long j = 0; j < v; j++) m = fmaxf(m, up(logits[j]));
        for (long j = 0; j < v; j++) {
            e[j] = expf(up(logits[j]) - m);
            s += e[j];
        }
        total += weight[r] * (logf(s) + m - own);
        float k = weight[r] / s;
        for (long j = 0; j < v; j++) logits[j] = down(e[j] * k);
        logits[target[r]] = down(e[target[r]] * k - weight[r]);
    }
    return total;
}

/* x += d, and the bfloat16 residual that the matrix products left in d is widened on the way */
void add(float *restrict x, const h *restrict d, long n) {
    for (long i = 0; i < n; i++) x[i] += up(d[i]);
}

void narrow(const float *restrict x, h *restrict y, long n) {
    for (long i = 0; i < n; i++) y[i] = down(x[i]);
}
