package io.hyperion.core.gguf;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The gate before llama.cpp for LoRA adapters: files with a pair of small matrices, {@code <tensor>.lora_a} and {@code <tensor>.lora_b},
 * for each weight that they change by {@code scale · alpha / rank · B · A}. llama.cpp b4916 compares the outer dimensions of most pairs and
 * takes the rest for granted: what it would calculate with and not survive is refused here, each with the tensor and the shapes.
 *
 * <p>Tensors that end in {@code _norm.weight} are let through: llama.cpp ignores them.
 */
public final class LoraFileValidator {
    /**
     * The most weights that the adapters of a model may change, each counted for each adapter. Each takes four operations of the 65536 that
     * llama.cpp has room for, of which half is left to the model.
     */
    public static final int MAX_PAIRS = 8192;

    private static final String A = ".lora_a";
    private static final String B = ".lora_b";
    private static final String ALPHA = "adapter.lora.alpha";
    private static final String EMBEDDING = "token_embd.weight";

    private record Pair(Optional<GgufTensor> a, Optional<GgufTensor> b) {}

    private final Entries entries;
    private final GgufFile base;

    private LoraFileValidator(GgufFile adapter, GgufFile base) {
        this.entries = new Entries(adapter);
        this.base = base;
    }

    /**
     * Checks that llama.cpp can be let at adapters, to load them and to generate text with any of them at once.
     *
     * @param adapters what their files say
     * @param base what the file of the model says, which {@link ModelFileValidator} has let through
     * @throws GgufException if one must not be loaded with this model; the message names the file and says why
     */
    public static void validate(List<GgufFile> adapters, GgufFile base) throws GgufException {
        int pairs = 0;
        for (GgufFile adapter : adapters) {
            pairs += new LoraFileValidator(adapter, base).check();
            if (pairs > MAX_PAIRS) {
                throw new GgufException(
                        adapter.path(),
                        adapter.dataOffset(),
                        "with this adapter the model has changes of " + pairs + " weights, and may have " + MAX_PAIRS);
            }
        }
    }

    /** {@return how many weights the adapter changes} */
    private int check() throws GgufException {
        require("general.type", "adapter", "this file is no adapter");
        require("general.architecture", base.architecture(), "the adapter is of another model");
        require("adapter.type", "lora", "only LoRA adapters can be used");
        GgufValue alpha = entries.file().metadata().get(ALPHA);
        if (alpha != null && !(alpha instanceof GgufValue.Real real && real.type() == GgufType.FLOAT32)) {
            throw entries.wrongType(ALPHA, alpha, GgufType.FLOAT32.toString());
        }
        if (alpha instanceof GgufValue.Real real && !Double.isFinite(real.value())) {
            throw entries.fault(ALPHA, "is " + real.value() + ", and must be finite");
        }
        if (entries.file().parts().size() > 1) {
            throw entries.fault(SplitFiles.COUNT, "is more than 1: of an adapter llama.cpp reads a single file only");
        }
        TensorCheck.places(entries.file());
        Map<String, Pair> pairs = pairs();
        if (pairs.isEmpty()) {
            throw new GgufException(
                    entries.file().path(),
                    entries.file().dataOffset(),
                    "the file changes no weight: it has no tensors");
        }
        for (Map.Entry<String, Pair> pair : pairs.entrySet()) {
            GgufTensor a = half(pair.getKey(), A, pair.getValue().a);
            GgufTensor b = half(pair.getKey(), B, pair.getValue().b);
            check(pair.getKey(), a, b);
        }
        return pairs.size();
    }

    private void require(String key, String wanted, String otherwise) throws GgufException {
        String found = entries.text(key).orElseThrow(() -> entries.fault(key, "is missing: " + otherwise));
        if (!found.equals(wanted)) {
            throw entries.fault(
                    key, "is " + Messages.quote(found) + ", not " + Messages.quote(wanted) + ": " + otherwise);
        }
    }

    private Map<String, Pair> pairs() throws GgufException {
        Map<String, Pair> pairs = new TreeMap<>();
        for (GgufTensor tensor : entries.file().tensors()) {
            String name = tensor.name();
            boolean a = name.endsWith(A);
            if (!a && !name.endsWith(B)) {
                if (name.endsWith("_norm.weight")) {
                    continue;
                }
                throw fault(tensor, "ends neither in " + A + " nor in " + B);
            }
            String weight = name.substring(0, name.length() - A.length());
            if (weight.contains(A) || weight.contains(B)) {
                // llama.cpp takes out all of them and would look for another weight.
                throw fault(tensor, "has " + A + " or " + B + " in its name more than once");
            }
            Pair known = pairs.getOrDefault(weight, new Pair(Optional.empty(), Optional.empty()));
            pairs.put(weight, a ? new Pair(Optional.of(tensor), known.b) : new Pair(known.a, Optional.of(tensor)));
        }
        return pairs;
    }

    private GgufTensor half(String weight, String suffix, Optional<GgufTensor> tensor) throws GgufException {
        return tensor.orElseThrow(() -> new GgufException(
                entries.file().path(),
                entries.file().dataOffset(),
                "tensor " + Messages.quote(weight + suffix) + " is missing, the other one of its pair is there"));
    }

    private void check(String name, GgufTensor a, GgufTensor b) throws GgufException {
        GgufTensor weight = base.tensor(name)
                .orElseThrow(() -> fault(
                        a, "changes a weight that " + Messages.name(base.path()) + " does not have: of another model"));
        for (GgufTensor half : List.of(a, b)) {
            if (!half.type().canBeWeights()) {
                throw fault(half, "is of type " + half.type() + ", which is none of weights");
            }
        }
        if (weight.elements() == weight.dimension(0)) {
            throw fault(a, "changes a weight that is no matrix, which llama.cpp ignores");
        }
        // Embeddings are looked up and not multiplied with: there A has a row for each token.
        boolean embedding = name.equals(EMBEDDING);
        boolean outer = embedding
                ? a.dimension(1) == weight.dimension(1) && b.dimension(1) == weight.dimension(0)
                : a.dimension(0) == weight.dimension(0) && b.dimension(1) == weight.dimension(1);
        boolean rank = embedding ? a.dimension(0) == b.dimension(0) : a.dimension(1) == b.dimension(0);
        boolean experts = a.dimension(2) == weight.dimension(2) && b.dimension(2) == weight.dimension(2);
        if (!outer || !rank || !experts || a.dimension(3) != 1 || b.dimension(3) != 1 || weight.dimension(3) != 1) {
            throw fault(
                    a,
                    "is " + shape(a) + " and its pair " + shape(b) + ", which does not fit the weight of "
                            + shape(weight) + " in " + Messages.name(base.path()) + ": of another model");
        }
        if (embedding && base.tensor("output.weight").isEmpty()) {
            throw fault(
                    a,
                    "changes the embeddings, which this model uses for its output too: llama.cpp would multiply with"
                            + " the transposed change there and end the process");
        }
        if (!embedding && isRepacked(weight)) {
            throw fault(
                    a,
                    "changes a weight of type " + weight.type()
                            + ", which llama.cpp b4916 repacks for the processor and"
                            + " its adapter with it, which ends the process: use the model in another type, such as Q8_0"
                            + " or Q4_K");
        }
    }

    /** Whether llama.cpp keeps a weight in an order of its own, for which an adapter's matrices have no code. */
    private static boolean isRepacked(GgufTensor weight) {
        return switch (weight.type()) {
            case Q4_0 -> weight.dimension(1) % 4 == 0;
            case IQ4_NL -> weight.dimension(1) % 4 == 0 && "aarch64".equals(System.getProperty("os.arch"));
            default -> false;
        };
    }

    private static String shape(GgufTensor tensor) {
        return tensor.dimensions().stream().map(String::valueOf).collect(Collectors.joining(" × "));
    }

    private GgufException fault(GgufTensor tensor, String fault) {
        return TensorCheck.fault(entries.file(), tensor, fault);
    }
}
