package io.hyperion.core.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The gate before llama.cpp")
class ModelFileValidatorTest {
    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final String VOCABULARY = "tokenizer.ggml.model";

    @TempDir
    Path directory;

    private GgufFile read(TinyModel model) throws IOException {
        return GgufFile.read(model.write(directory.resolve("model.gguf")));
    }

    private void accepts(TinyModel model) throws IOException {
        GgufFile file = read(model);
        assertThatCode(() -> ModelFileValidator.validate(file)).doesNotThrowAnyException();
    }

    private GgufException refusal(TinyModel model) throws IOException {
        GgufFile file = read(model);
        GgufException refusal = catchThrowableOfType(GgufException.class, () -> ModelFileValidator.validate(file));
        assertThat(refusal).isNotNull();
        assertThat(refusal).hasMessageStartingWith("model.gguf: at offset " + refusal.offset() + ": ");
        assertThat(refusal.offset()).isBetween(0L, file.fileSize());
        return refusal;
    }

    @Test
    @DisplayName("lets a sound model pass")
    void sound() throws IOException {
        accepts(TinyModel.llama());
    }

    @Nested
    @DisplayName("asked about the kind of a file")
    class Kinds {
        @Test
        @DisplayName("refuses an unknown architecture and names those of its family that are known")
        void unknownArchitecture() throws IOException {
            assertThat(refusal(TinyModel.llama().text("general.architecture", "qwen3moe")))
                    .hasMessageContaining("'general.architecture' is 'qwen3moe', which the engine, llama.cpp b4916 of"
                            + " March 2025, does not know; of that family it knows qwen, qwen2, qwen2moe, qwen2vl");
            assertThat(refusal(TinyModel.llama().text("general.architecture", "xyz")))
                    .hasMessageEndingWith("does not know");
        }

        @ParameterizedTest
        @ValueSource(strings = {"t5", "t5encoder", "wavtokenizer-dec"})
        @DisplayName("refuses an architecture that neither generates text nor makes vectors")
        void encoder(String architecture) throws IOException {
            assertThat(refusal(TinyModel.llama().text("general.architecture", architecture)))
                    .hasMessageContaining("is '" + architecture + "', which neither generates text nor");
        }

        @Test
        @DisplayName("points to where in the file the fault is")
        void offset() throws IOException {
            // 24 bytes of header, 8 and 20 of the key, 4 of its type.
            assertThat(refusal(TinyModel.llama().text("general.architecture", "xyz"))
                            .offset())
                    .isEqualTo(24 + 8 + 20 + 4);
        }

        @Test
        @DisplayName("refuses a file that names no architecture, at where its metadata begin")
        void noArchitecture() throws IOException {
            GgufException refusal = refusal(TinyModel.llama().without("general.architecture"));
            assertThat(refusal).hasMessageContaining("'general.architecture' is missing");
            assertThat(refusal.offset()).isEqualTo(24);
        }

        @Test
        @DisplayName("refuses adapters and vocabularies")
        void noModels() throws IOException {
            assertThat(refusal(TinyModel.llama().text("general.type", "adapter")))
                    .hasMessageContaining("'general.type' is 'adapter': this file is no model");
            TinyModel vocabulary = TinyModel.llama();
            read(TinyModel.llama()).tensors().forEach(tensor -> vocabulary.withoutTensor(tensor.name()));
            assertThat(refusal(vocabulary)).hasMessageContaining("the file has no tensors");
        }

        @Test
        @DisplayName("refuses a file type that is no number, which llama.cpp aborts on")
        void fileType() throws IOException {
            assertThat(refusal(TinyModel.llama().text("general.file_type", "Q4_K_M")))
                    .hasMessageContaining("'general.file_type' is of type string, not uint32");
        }

        @Test
        @DisplayName("lets a model pass that says that it is one, in one part")
        void saysSo() throws IOException {
            accepts(TinyModel.llama().text("general.type", "model").whole("split.count", GgufType.UINT16, 1));
        }
    }

    @Nested
    @DisplayName("asked about the shape of a model")
    class Shapes {
        static Stream<Arguments> faults() {
            return Stream.of(
                    fault("no layers", "block_count", 0, "must be 1 to 512"),
                    fault("more layers than llama.cpp has room for", "block_count", 513, "must be 1 to 512"),
                    fault("no context", "context_length", 0, "must be 1 to 134217728"),
                    fault("an absurd context", "context_length", 0xFFFF_FFFFL, "must be 1 to 134217728"),
                    fault("no width", "embedding_length", 0, "must be 1 to"),
                    fault("no heads", "attention.head_count", 0, "is 0, and must be 1"),
                    fault("more heads than width", "attention.head_count", 128, "more than the model is wide"),
                    fault("no key heads", "attention.head_count_kv", 0, "must be 1 to"),
                    fault(
                            "key heads that do not divide the heads",
                            "attention.head_count_kv",
                            3,
                            "does not divide the 4 heads"),
                    fault("more key heads than heads", "attention.head_count_kv", 8, "does not divide the 4 heads"),
                    fault(
                            "values of another length than keys",
                            "attention.value_length",
                            8,
                            "values of 8, but keys of 16"),
                    fault("rotary positions beyond a head", "rope.dimension_count", 18, "must be 0 to 16"),
                    fault("rotary positions that are no pairs", "rope.dimension_count", 15, "must be even"),
                    fault("rotary positions of a part of a head", "rope.dimension_count", 8, "but a head has 16"),
                    fault("too many experts", "expert_count", 257, "must be 0 to 256"),
                    fault("experts of which none is used", "expert_count", 4, "'llama.expert_used_count' is missing"),
                    fault("experts used where there are none", "expert_used_count", 2, "must be 0 to 0"),
                    fault("an unknown gating of experts", "expert_gating_func", 3, "must be 0 to 2"),
                    fault(
                            "a number of another type",
                            model -> model.float32("llama.block_count", 2),
                            "is of type float32, not uint32"),
                    fault(
                            "no number of layers",
                            model -> model.without("llama.block_count"),
                            "'llama.block_count' is missing"),
                    fault(
                            "no number of heads",
                            model -> model.without("llama.attention.head_count"),
                            "'llama.attention.head_count' is missing"),
                    fault(
                            "heads that differ",
                            model -> model.int32s("llama.attention.head_count", 4, 2),
                            "differs from layer to layer"),
                    fault(
                            "heads for fewer layers",
                            model -> model.int32s("llama.attention.head_count", 4),
                            "has 1 elements, but there are 2 layers"),
                    fault(
                            "heads that are no integers",
                            model -> model.float32s("llama.attention.head_count", 4, 4),
                            "is of type a list of float32"));
        }

        private static Arguments fault(String name, String key, long value, String message) {
            return fault(name, model -> model.uint32("llama." + key, value), message);
        }

        private static Arguments fault(String name, Consumer<TinyModel> change, String message) {
            return Arguments.of(name, change, message);
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("faults")
        @DisplayName("refuses")
        void refuses(String name, Consumer<TinyModel> change, String message) throws IOException {
            TinyModel model = TinyModel.llama();
            change.accept(model);
            assertThat(refusal(model)).hasMessageContaining(message);
        }

        @Test
        @DisplayName("lets lists with the same number for all layers pass")
        void lists() throws IOException {
            accepts(TinyModel.llama()
                    .int32s("llama.attention.head_count", 4, 4)
                    .int32s("llama.attention.head_count_kv", 2, 2)
                    .int32s("llama.feed_forward_length", 96, 96));
        }

        @ParameterizedTest
        @CsvSource({
            "attention.layer_norm_rms_epsilon,NaN",
            "attention.layer_norm_rms_epsilon,-1e-6",
            "attention.layer_norm_rms_epsilon,Infinity",
            "attention.layer_norm_rms_epsilon,2",
            "attention.layer_norm_epsilon,-1",
            "rope.freq_base,0",
            "rope.freq_base,-10000",
            "rope.freq_base,1e30",
            "rope.scaling.factor,-1",
            "rope.scaling.factor,1e-30",
            "rope.scaling.factor,NaN",
            "rope.scale_linear,1e30",
            "attention.max_alibi_bias,-8",
            "final_logit_softcapping,0",
            "logit_scale,NaN",
            "some.thing,-Infinity"
        })
        @DisplayName("refuses a floating point number that cannot be calculated with")
        void reals(String key, float value) throws IOException {
            assertThat(refusal(TinyModel.llama().float32("llama." + key, value)))
                    .hasMessageContaining("'llama." + key + "' is ");
        }

        @Test
        @DisplayName("takes a factor of zero for none, as llama.cpp does")
        void noFactor() throws IOException {
            accepts(TinyModel.llama().float32("llama.rope.scaling.factor", 0));
        }

        @Test
        @DisplayName("refuses an unknown scaling of rotary positions, which llama.cpp aborts on")
        void scaling() throws IOException {
            assertThat(refusal(TinyModel.llama().text("llama.rope.scaling.type", "su")))
                    .hasMessageContaining("'llama.rope.scaling.type' is 'su'");
            accepts(TinyModel.llama().text("llama.rope.scaling.type", "yarn"));
        }

        @ParameterizedTest
        @CsvSource({
            "gemma2,2,16,models of [26; 42; 46] layers",
            "baichuan,2,16,models of [32; 40] layers",
            "gemma3,2,16,at least 6",
            "cohere2,2,16,at least 4",
            "cohere2,4,0,'cohere2.attention.sliding_window' is 0",
            "chameleon,2,16,at least 8196",
            "qwen,2,16,has as many as heads",
            "deepseek2,2,16,has as many as heads",
            "qwen2vl,2,16,several positions"
        })
        @DisplayName("refuses what llama.cpp takes for granted of an architecture and a file does not have")
        void takenForGranted(String architecture, long layers, long window, String message) throws IOException {
            assertThat(refusal(shape(architecture, layers, window))).hasMessageContaining(message.replace(';', ','));
        }

        private TinyModel shape(String architecture, long layers, long window) {
            return TinyModel.llama()
                    .text("general.architecture", architecture)
                    .uint32(architecture + ".context_length", 128)
                    .uint32(architecture + ".embedding_length", 64)
                    .uint32(architecture + ".block_count", layers)
                    .uint32(architecture + ".attention.head_count", 4)
                    .uint32(architecture + ".attention.head_count_kv", 2)
                    .uint32(architecture + ".attention.sliding_window", window);
        }

        @Test
        @DisplayName("refuses heads that do not add up to the width where the architecture has no other")
        void headsOfTheWidth() throws IOException {
            assertThat(refusal(shape("qwen2", 2, 16).uint32("qwen2.attention.key_length", 8)))
                    .hasMessageContaining("gives 4 heads of 8, which are not the width of the model: 64");
        }

        @Test
        @DisplayName("refuses what recurrent models divide by")
        void recurrent() throws IOException {
            TinyModel rwkv = TinyModel.llama()
                    .text("general.architecture", "rwkv6")
                    .uint32("rwkv6.context_length", 128)
                    .uint32("rwkv6.embedding_length", 64)
                    .uint32("rwkv6.block_count", 2);
            assertThat(refusal(rwkv)).hasMessageContaining("'rwkv6.wkv.head_size' is missing");
            assertThat(refusal(rwkv.uint32("rwkv6.wkv.head_size", 0))).hasMessageContaining("is 0, and must be 1");
            assertThat(refusal(rwkv.uint32("rwkv6.wkv.head_size", 24))).hasMessageContaining("does not divide");
            rwkv.uint32("rwkv6.wkv.head_size", 16);
            assertThat(refusal(rwkv.uint32("rwkv6.token_shift_count", 1))).hasMessageContaining("must be 2");
            assertThat(refusal(rwkv.uint32("rwkv6.attention.head_count", 4))).hasMessageContaining("must be 0 to 0");
            assertThat(read(rwkv).isRecurrent()).isTrue();
        }
    }

    @Nested
    @DisplayName("asked about tensors")
    class Tensors {
        @ParameterizedTest
        @CsvSource({
            "output_norm.weight,F16,64,calculated with as F32 only",
            "blk.0.attn_norm.weight,Q8_0,64,calculated with as F32 only",
            "blk.0.attn_q.bias,F16,64,calculated with as F32 only",
            "rope_freqs.weight,F16,8,calculated with as F32 only"
        })
        @DisplayName("refuses those in few bits that ggml calculates with in 32")
        void types(String name, TensorType type, long length, String message) throws IOException {
            assertThat(refusal(TinyModel.llama().tensor(name, type, length)))
                    .hasMessageContaining("tensor '" + name + "'")
                    .hasMessageContaining(message);
        }

        @Test
        @DisplayName("refuses those of a type that no weights are of")
        void noWeights() throws IOException {
            TinyModel model = TinyModel.llama();
            Path file = model.write(directory.resolve("model.gguf"));
            GgufTensor tensor =
                    GgufFile.read(file).tensor("blk.0.attn_q.weight").orElseThrow();
            byte[] bytes = Files.readAllBytes(file);
            bytes[(int) tensor.entryOffset() + 8 + tensor.name().length() + 4 + 16] = (byte) TensorType.I32.id();
            Files.write(file, bytes);
            GgufFile read = GgufFile.read(file);
            assertThat(catchThrowableOfType(GgufException.class, () -> ModelFileValidator.validate(read)))
                    .hasMessageContaining("tensor 'blk.0.attn_q.weight' is of type I32, which is none of weights");
        }

        @Test
        @DisplayName("refuses shapes that an operation asserts before llama.cpp compares them")
        void shapes() throws IOException {
            assertThat(refusal(TinyModel.llama().tensor("token_embd.weight", TensorType.F32, 64, 10, 2)))
                    .hasMessageContaining("has three dimensions, and may have two");
            assertThat(refusal(TinyModel.llama().tensor("blk.0.attn_q.weight", TensorType.F32, 64, 8, 2, 2)))
                    .hasMessageContaining("has four dimensions, and may have three");
        }

        @Test
        @DisplayName("refuses experts in a model that has none, or that lacks a part of them")
        void experts() throws IOException {
            TinyModel model = TinyModel.llama()
                    .tensor("blk.0.ffn_up_exps.weight", TensorType.F32, 64, 96, 4)
                    .tensor("blk.0.ffn_down_exps.weight", TensorType.F32, 96, 64, 4);
            assertThat(refusal(model)).hasMessageContaining("tensor 'blk.0.ffn_gate_exps.weight' is missing");
            model.tensor("blk.0.ffn_gate_exps.weight", TensorType.F32, 64, 96, 4);
            assertThat(refusal(model)).hasMessageContaining("is of experts, but the model says that it has none");
            accepts(model.uint32("llama.expert_count", 4).uint32("llama.expert_used_count", 2));
        }

        @ParameterizedTest
        @CsvSource({
            "phi2,blk.0.attn_qkv.weight,blk.0.attn_qkv.bias",
            "phi3,blk.0.attn_norm.weight,blk.0.attn_qkv.weight"
        })
        @DisplayName(
                "refuses a model without a tensor that llama.cpp takes for optional and calculates with all the same")
        void missing(String architecture, String there, String missing) throws IOException {
            TinyModel model = TinyModel.llama()
                    .text("general.architecture", architecture)
                    .uint32(architecture + ".context_length", 128)
                    .uint32(architecture + ".embedding_length", 64)
                    .uint32(architecture + ".block_count", 1)
                    .uint32(architecture + ".attention.head_count", 4)
                    .tensor(there, TensorType.F32, 64);
            assertThat(refusal(model)).hasMessageContaining("tensor '" + missing + "' is missing");
        }

        @Test
        @DisplayName("refuses a mixture of an RWKV model that lacks a part")
        void mixture() throws IOException {
            TinyModel six = TinyModel.llama()
                    .text("general.architecture", "rwkv6")
                    .uint32("rwkv6.context_length", 128)
                    .uint32("rwkv6.embedding_length", 64)
                    .uint32("rwkv6.block_count", 1)
                    .uint32("rwkv6.wkv.head_size", 16)
                    .tensor("blk.0.time_mix_lerp_w.weight", TensorType.F32, 64);
            assertThat(refusal(six)).hasMessageContaining("tensor 'blk.0.time_mix_lerp_k.weight' is missing");
            TinyModel seven = TinyModel.llama()
                    .text("general.architecture", "arwkv7")
                    .uint32("arwkv7.context_length", 128)
                    .uint32("arwkv7.embedding_length", 64)
                    .uint32("arwkv7.block_count", 1)
                    .uint32("arwkv7.wkv.head_size", 16)
                    .uint32("arwkv7.token_shift_count", 1)
                    .tensor("blk.0.time_mix_lerp_fused.weight", TensorType.F32, 64, 1, 1, 6);
            assertThat(refusal(seven)).hasMessageContaining("is for 6 parts, but there are 5");
            accepts(seven.tensor("blk.0.time_mix_lerp_fused.weight", TensorType.F32, 64, 1, 1, 5));
        }

        @Test
        @DisplayName("refuses a gap between them, as llama.cpp does")
        void gap() throws IOException {
            Path file = TinyModel.llama().write(directory.resolve("model.gguf"));
            GgufTensor tensor = GgufFile.read(file).tensors().get(20);
            byte[] bytes = Files.readAllBytes(file);
            int offset = (int) tensor.entryOffset() + 8 + tensor.name().length() + 4 + 16 + 4;
            bytes[offset] -= 64;
            Files.write(file, bytes);
            GgufFile read = GgufFile.read(file);
            GgufException refusal = catchThrowableOfType(GgufException.class, () -> ModelFileValidator.validate(read));
            assertThat(refusal).hasMessageContaining("where the one before it ends");
            assertThat(refusal.offset()).isEqualTo(tensor.entryOffset());
        }
    }

    @Nested
    @DisplayName("asked about the vocabulary")
    class Vocabularies {
        private static TinyModel with(int index, String token) {
            List<String> tokens = new ArrayList<>(TinyModel.tokens());
            tokens.set(index, token);
            return TinyModel.llama().texts(TOKENS, tokens);
        }

        private static TinyModel bytePairs(List<String> tokens) {
            return TinyModel.llama()
                    .text(VOCABULARY, "gpt2")
                    .texts(TOKENS, tokens)
                    .texts("tokenizer.ggml.merges", List.of("t h"))
                    .without("tokenizer.ggml.scores")
                    .without("tokenizer.ggml.token_type");
        }

        @Test
        @DisplayName("refuses two tokens of the same text, which llama.cpp asserts that there are not")
        void duplicates() throws IOException {
            assertThat(refusal(with(300, "th")))
                    .hasMessageContaining("'tokenizer.ggml.tokens' has 'th' twice, at 286 and 300");
        }

        @Test
        @DisplayName("refuses tokens that are the same up to a zero byte, as llama.cpp cuts them there")
        void duplicatesUpToZero() throws IOException {
            assertThat(refusal(with(300, "th\0e"))).hasMessageContaining("twice, at 286 and 300");
        }

        @Test
        @DisplayName("lets one empty token pass, but not the text that llama.cpp gives it")
        void emptyToken() throws IOException {
            accepts(with(300, ""));
            List<String> tokens = new ArrayList<>(TinyModel.tokens());
            tokens.set(300, "");
            tokens.set(301, "[EMPTY_300]");
            assertThat(refusal(TinyModel.llama().texts(TOKENS, tokens))).hasMessageContaining("twice");
        }

        @Test
        @DisplayName("refuses a vocabulary that lacks a byte, for which tokenising would end the process")
        void bytes() throws IOException {
            assertThat(refusal(with(3 + 0xC3, "nothing"))).hasMessageContaining("has no token for the byte 195");
            accepts(with(3 + 'B', "B"));
        }

        @ParameterizedTest
        @CsvSource({"scores", "token_type"})
        @DisplayName("refuses lists of another length than the tokens")
        void lengths(String list) throws IOException {
            TinyModel model = TinyModel.llama();
            if (list.equals("scores")) {
                model.float32s("tokenizer.ggml.scores", 1, 2, 3);
            } else {
                model.int32s("tokenizer.ggml.token_type", 1, 2, 3);
            }
            assertThat(refusal(model))
                    .hasMessageContaining("'tokenizer.ggml." + list + "' has 3 elements, but there are "
                            + TinyModel.tokens().size() + " tokens");
        }

        @Test
        @DisplayName("refuses lists of another type than llama.cpp takes them for")
        void types() throws IOException {
            int[] integers = new int[TinyModel.tokens().size()];
            assertThat(refusal(TinyModel.llama().int32s("tokenizer.ggml.scores", integers)))
                    .hasMessageContaining("is of type a list of int32, not a list of float32");
            assertThat(refusal(TinyModel.llama().texts("tokenizer.ggml.scores", TinyModel.tokens())))
                    .hasMessageContaining("is of type a list of string");
            assertThat(refusal(TinyModel.llama().uint32("tokenizer.ggml.token_type", 1)))
                    .hasMessageContaining("is of type uint32, not a list of int32");
            assertThat(refusal(TinyModel.llama().text(TOKENS, "a"))).hasMessageContaining("not a list of string");
        }

        @ParameterizedTest
        @ValueSource(strings = {"bert", "t5", "none", "no_vocab", "lama", ""})
        @DisplayName("refuses kinds of vocabularies that do not go with text")
        void kinds(String kind) throws IOException {
            assertThat(refusal(TinyModel.llama().text(VOCABULARY, kind)))
                    .hasMessageContaining("'tokenizer.ggml.model' is '" + kind + "'");
        }

        @Test
        @DisplayName("refuses a model without a vocabulary")
        void missing() throws IOException {
            assertThat(refusal(TinyModel.llama().without(VOCABULARY))).hasMessageContaining("is missing");
            assertThat(refusal(TinyModel.llama().without(TOKENS))).hasMessageContaining("is missing");
        }

        @Test
        @DisplayName("refuses a vocabulary too small for the special tokens that llama.cpp takes if none are named")
        void specialTokens() throws IOException {
            List<String> ten = TinyModel.tokens().subList(0, 10);
            assertThat(refusal(bytePairs(ten).without("tokenizer.ggml.eos_token_id")))
                    .hasMessageContaining(
                            "'tokenizer.ggml.eos_token_id' is missing and stands for 11, but there are 10 tokens");
            assertThat(refusal(bytePairs(ten).uint32("tokenizer.ggml.bos_token_id", 10)))
                    .hasMessageContaining("'tokenizer.ggml.bos_token_id' is 10, but there are 10 tokens");
            accepts(bytePairs(ten));
        }

        @Test
        @DisplayName("lets special tokens outside the vocabulary pass where llama.cpp ignores them")
        void ignoredSpecialTokens() throws IOException {
            TinyModel model = TinyModel.llama()
                    .uint32("tokenizer.ggml.padding_token_id", 0xFFFF_FFFFL)
                    .uint32("tokenizer.ggml.bos_token_id", 4711);
            accepts(model);
            assertThat(read(model).bosToken()).isEmpty();
        }

        @Test
        @DisplayName("refuses merges that are none")
        void merges() throws IOException {
            TinyModel model = bytePairs(TinyModel.tokens());
            accepts(model);
            assertThat(refusal(model.int32s("tokenizer.ggml.merges", 1, 2)))
                    .hasMessageContaining("'tokenizer.ggml.merges' is of type a list of int32, not a list of string");
            assertThat(refusal(model.without("tokenizer.ggml.merges")))
                    .hasMessageContaining("'tokenizer.ggml.merges' is missing");
        }

        @Test
        @DisplayName("refuses a text to begin or end with a token that there is not")
        void missingBosAndEos() throws IOException {
            TinyModel model = bytePairs(TinyModel.tokens())
                    .text("tokenizer.ggml.pre", "chatglm-bpe")
                    .without("tokenizer.ggml.bos_token_id");
            assertThat(refusal(model)).hasMessageContaining("'tokenizer.ggml.bos_token_id' is missing, but each text");
            accepts(model.bool("tokenizer.ggml.add_bos_token", false));
        }

        @Test
        @DisplayName("refuses an RWKV vocabulary in which a byte is no token or a token is endless")
        void rwkv() throws IOException {
            String[] tokens = new String[256];
            for (int i = 0; i < 256; i++) {
                tokens[i] = String.format("\\x%02x", i);
            }
            tokens['A'] = "A";
            tokens['\t'] = "\\t";
            accepts(rwkv(Arrays.asList(tokens)));
            List<String> endless = new ArrayList<>(Arrays.asList(tokens));
            endless.add("a".repeat(2000));
            assertThat(refusal(rwkv(endless))).hasMessageContaining("has a token of 2000 bytes");
            List<String> incomplete = new ArrayList<>(Arrays.asList(tokens));
            Collections.replaceAll(incomplete, "\\x42", "BB");
            assertThat(refusal(rwkv(incomplete))).hasMessageContaining("has no token for the byte 66 alone");
        }

        private TinyModel rwkv(List<String> tokens) {
            return TinyModel.llama()
                    .text(VOCABULARY, "rwkv")
                    .texts(TOKENS, tokens)
                    .without("tokenizer.ggml.scores")
                    .without("tokenizer.ggml.token_type");
        }

        @Test
        @DisplayName("is quick with a large one")
        void large() throws IOException {
            List<String> tokens = new ArrayList<>(TinyModel.tokens());
            for (int i = 0; i < 250_000; i++) {
                tokens.add("token" + i);
            }
            GgufFile file = read(bytePairs(tokens));
            // A tenth of a second; with a step for each pair of tokens it would be hours.
            assertTimeoutPreemptively(Duration.ofMinutes(1), () -> ModelFileValidator.validate(file));
        }
    }

    @Nested
    @DisplayName("asked about a model that makes vectors of texts")
    class Encoders {
        private static final String CHARSMAP = "tokenizer.ggml.precompiled_charsmap";

        @Test
        @DisplayName("lets sound ones pass, and tells what each is made for")
        void sound() throws IOException {
            accepts(TinyModel.bert());
            accepts(TinyModel.reranker());
            for (String kind : List.of("nomic-bert", "jina-bert-v2", "sentencepiece")) {
                accepts(TinyModel.encoder(kind));
            }
            assertThat(read(TinyModel.bert()).isEncoder()).isTrue();
            assertThat(read(TinyModel.bert()).poolingType()).hasValue(1);
            assertThat(read(TinyModel.bert()).hasClassifier()).isFalse();
            assertThat(read(TinyModel.reranker()).poolingType()).isEmpty();
            assertThat(read(TinyModel.reranker()).hasClassifier()).isTrue();
            assertThat(read(TinyModel.llama()).isEncoder()).isFalse();
            assertThat(read(TinyModel.llama().uint32("llama.pooling_type", 3)).poolingType())
                    .hasValue(3);
        }

        @ParameterizedTest
        @ValueSource(strings = {"cls.weight", "cls.bias", "cls.output.weight", "cls.output.bias"})
        @DisplayName("takes no classifier for one that lacks a tensor, which llama.cpp asserts")
        void incompleteClassifier(String tensor) throws IOException {
            TinyModel model = TinyModel.reranker().withoutTensor(tensor);
            accepts(model);
            assertThat(read(model).hasClassifier()).isFalse();
        }

        @Test
        @DisplayName("refuses a pooling that there is not")
        void pooling() throws IOException {
            assertThat(refusal(TinyModel.bert().uint32("bert.pooling_type", 5)))
                    .hasMessageContaining("'bert.pooling_type' is 5, and must be 0 to 4");
            assertThat(refusal(TinyModel.llama().uint32("llama.pooling_type", 0xFFFF_FFFFL)))
                    .hasMessageContaining("'llama.pooling_type' is 4294967295, and must be 0 to 4");
        }

        @Test
        @DisplayName("refuses one that sees only what came before")
        void causal() throws IOException {
            assertThat(refusal(TinyModel.bert().bool("bert.attention.causal", true)))
                    .hasMessageContaining("'bert.attention.causal' is true");
        }

        @Test
        @DisplayName(
                "refuses heads that are not the width of the model, or keys for fewer heads where all keys are normalised")
        void heads() throws IOException {
            assertThat(refusal(TinyModel.bert().uint32("bert.attention.head_count", 5)))
                    .hasMessageContaining("which are not the width of the model: 64");
            assertThat(refusal(TinyModel.encoder("jina-bert-v2").uint32("jina-bert-v2.attention.head_count_kv", 2)))
                    .hasMessageContaining("but jina-bert-v2 has as many as heads, 4");
        }

        @ParameterizedTest
        @ValueSource(strings = {"token_types.weight", "token_embd_norm.bias", "blk.0.attn_q.bias", "cls.bias"})
        @DisplayName("refuses other types than 32 bits for what is added")
        void types(String tensor) throws IOException {
            long[] dimensions = tensor.startsWith("token_types") ? new long[] {64, 2} : new long[] {64};
            assertThat(refusal(TinyModel.reranker().tensor(tensor, TensorType.F16, dimensions)))
                    .hasMessageContaining("tensor '" + tensor + "' is of type F16");
        }

        @Test
        @DisplayName(
                "refuses a WordPiece vocabulary without the special tokens that llama.cpp takes, or with tokens of bytes")
        void wordPiece() throws IOException {
            for (String token : List.of("bos", "unknown", "seperator", "mask")) {
                assertThat(refusal(TinyModel.bert().without("tokenizer.ggml." + token + "_token_id")))
                        .hasMessageContaining("'tokenizer.ggml." + token + "_token_id' is missing and stands for 10");
            }
            int[] types = new int[TinyModel.wordPieces().size()];
            types[7] = 6;
            assertThat(refusal(TinyModel.bert().int32s("tokenizer.ggml.token_type", types)))
                    .hasMessageContaining("makes token 7 one of a byte");
        }

        @Test
        @DisplayName("refuses a table of normalisation that some text would be led out of")
        void charsmap() throws IOException {
            byte[] sound = TinyModel.charsmap();
            accepts(charsmap(sound));
            accepts(TinyModel.encoder("sentencepiece").without(CHARSMAP));
            assertThat(refusal(charsmap(new byte[] {1, 2, 3}))).hasMessageContaining("too few");
            assertThat(refusal(charsmap(Arrays.copyOf(sound, 2000)))).hasMessageContaining("has a table of 2048 bytes");
            assertThat(refusal(charsmap(Arrays.copyOf(sound, sound.length - 1))))
                    .hasMessageContaining("without an end");
            assertThat(refusal(charsmap(changed(sound, 0, 512 << 10)))).hasMessageContaining("leads to node");
            assertThat(refusal(charsmap(changed(sound, 256 ^ 'B', (1 << 20) << 10 | 1 << 8 | 'B'))))
                    .hasMessageContaining("leads to node");
            assertThat(refusal(charsmap(changed(sound, 3, 1 << 31 | 52))))
                    .hasMessageContaining("leads to a replacement at 52, but has 52 bytes of them");
        }

        private TinyModel charsmap(byte[] table) {
            return TinyModel.encoder("sentencepiece").int8s(CHARSMAP, table);
        }

        private byte[] changed(byte[] table, int node, int value) {
            ByteBuffer bytes = ByteBuffer.wrap(table.clone()).order(ByteOrder.LITTLE_ENDIAN);
            bytes.putInt(4 + 4 * node, value);
            return bytes.array();
        }
    }
}
