package io.hyperion.core.gguf;

import java.util.List;
import java.util.Optional;

/**
 * The tensors. llama.cpp tries each weight in its operation before it compares its shape with the one it should have, so that a shape
 * or type that the operation asserts must be right beforehand.
 */
final class TensorCheck {
    private final Entries entries;
    private final ModelArchitecture architecture;

    TensorCheck(Entries entries, ModelArchitecture architecture) {
        this.entries = entries;
        this.architecture = architecture;
    }

    void check() throws GgufException {
        GgufFile file = entries.file();
        List<GgufTensor> tensors = file.tensors();
        if (tensors.isEmpty()) {
            throw new GgufException(file.path(), file.fileSize(), "the file has no tensors: it is a vocabulary only");
        }
        missing(file.layerCount());
        boolean experts = entries.number(architecture.id() + ".expert_count").orElse(0) > 0;
        places(file);
        for (GgufTensor tensor : tensors) {
            type(tensor);
            shape(tensor);
            if (!experts && tensor.name().contains("_exps.")) {
                throw fault(tensor, "is of experts, but the model says that it has none");
            }
        }
    }

    /** Each tensor must begin where the one before it ends. */
    static void places(GgufFile model) throws GgufException {
        for (GgufFile part : model.parts()) {
            placesWithin(part);
        }
    }

    private static void placesWithin(GgufFile file) throws GgufException {
        long expected = file.dataOffset();
        for (GgufTensor tensor : file.tensors()) {
            if (tensor.offset() != expected) {
                throw fault(
                        file,
                        tensor,
                        "begins at " + (tensor.offset() - file.dataOffset()) + " of the data, but must at "
                                + (expected - file.dataOffset()) + ", where the one before it ends");
            }
            expected = (tensor.offset() + tensor.size() + file.alignment() - 1) / file.alignment() * file.alignment();
        }
    }

    /**
     * Tensors that llama.cpp loads if they are there, and calculates with whether they are or not. Of all others it says itself that they
     * are missing.
     */
    private void missing(int layers) throws GgufException {
        for (int layer = 0; layer < layers; layer++) {
            String block = "blk." + layer + ".";
            if (has(block + "ffn_down_exps.weight") || has(block + "ffn_up_exps.weight")) {
                require(block + "ffn_gate_exps.weight");
            }
            switch (architecture) {
                case PHI2 -> {
                    if (has(block + "attn_qkv.weight")) {
                        require(block + "attn_qkv.bias");
                    }
                }
                case PHI3 -> require(block + "attn_qkv.weight");
                case RWKV6 -> {
                    if (!has(block + "time_mix_lerp_fused.weight")) {
                        for (String part : List.of("w", "k", "v", "r", "g")) {
                            require(block + "time_mix_lerp_" + part + ".weight");
                        }
                    }
                }
                case ARWKV7 -> gating(block);
                default -> {
                    // Nothing of this kind is known of the others.
                }
            }
        }
    }

    /** The weights of the mixture are for five things, or for six if there is a gate, which takes two tensors. */
    private void gating(String block) throws GgufException {
        Optional<GgufTensor> mixture = entries.file().tensor(block + "time_mix_lerp_fused.weight");
        boolean gate = has(block + "time_mix_g1.weight") && has(block + "time_mix_g2.weight");
        if (mixture.isPresent() && mixture.get().dimension(3) != (gate ? 6 : 5)) {
            throw fault(
                    mixture.get(), "is for " + mixture.get().dimension(3) + " parts, but there are " + (gate ? 6 : 5));
        }
    }

    private boolean has(String name) {
        return entries.file().tensor(name).isPresent();
    }

    private void require(String name) throws GgufException {
        if (!has(name)) {
            GgufFile file = entries.file();
            throw new GgufException(file.path(), file.dataOffset(), "tensor " + Messages.quote(name) + " is missing");
        }
    }

    private GgufException fault(GgufTensor tensor, String fault) {
        return fault(entries.file().parts().get(tensor.part()), tensor, fault);
    }

    /** A fault of a tensor that is in that very file. */
    static GgufException fault(GgufFile file, GgufTensor tensor, String fault) {
        return new GgufException(
                file.path(), tensor.entryOffset(), "tensor " + Messages.quote(tensor.name()) + " " + fault);
    }

    private void type(GgufTensor tensor) throws GgufException {
        if (!tensor.type().canBeWeights()) {
            throw fault(tensor, "is of type " + tensor.type() + ", which is none of weights");
        }
        if (tensor.type() != TensorType.F32 && isAddedOrMultiplied(tensor)) {
            throw fault(tensor, "is of type " + tensor.type() + ", but one of its kind is calculated with as F32 only");
        }
    }

    /**
     * Whether a tensor is used element by element and not in a matrix product: there ggml takes 32 bits or aborts. llama.cpp's converter
     * and quantiser keep all of these in 32 bits.
     */
    private static boolean isAddedOrMultiplied(GgufTensor tensor) {
        String name = tensor.name();
        if (name.equals("cls.weight") || name.equals("cls.output.weight")) {
            // A classifier with one output is a matrix that looks like a vector.
            return false;
        }
        return tensor.elements() == tensor.dimension(0)
                || !name.endsWith(".weight")
                || name.endsWith("norm.weight")
                || name.startsWith("token_types")
                || name.contains("rope_f")
                || name.contains(".ssm_conv1d.")
                || name.contains(".time_mix_first")
                || name.contains(".time_mix_lerp")
                || name.contains(".time_mix_ln")
                || name.contains(".channel_mix_lerp");
    }

    private void shape(GgufTensor tensor) throws GgufException {
        String name = tensor.name();
        if (tensor.dimension(3) != 1 && !name.contains(".time_mix_lerp")) {
            throw fault(tensor, "has four dimensions, and may have three");
        }
        boolean flat = name.startsWith("token_embd")
                || name.startsWith("position_embd")
                || name.startsWith("token_types")
                || name.contains(".ssm_");
        if (flat && tensor.dimension(2) != 1) {
            throw fault(tensor, "has three dimensions, and may have two");
        }
        if (name.endsWith(".ssm_conv1d.weight") && tensor.dimension(0) > 64) {
            throw fault(tensor, "has a kernel of " + tensor.dimension(0) + ", and may have one of at most 64");
        }
        if (name.endsWith(".scales") && tensor.dimension(1) * tensor.dimension(2) != 1) {
            throw fault(tensor, "has more than one dimension");
        }
    }
}
