package io.hyperion.core.gguf;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The architectures that llama.cpp b4916 knows, and what its code takes for granted of each without asking: a file that breaks it ends
 * the process.
 */
enum ModelArchitecture {
    LLAMA("llama", Trait.ROPE_FILLS_HEAD, Trait.FREE_HEAD_SIZE),
    DECI("deci", Trait.ROPE_FILLS_HEAD, Trait.FREE_HEAD_SIZE, Trait.HEADS_PER_LAYER),
    FALCON("falcon", Trait.ROPE_FILLS_HEAD),
    GROK("grok", Trait.ROPE_FILLS_HEAD),
    GPT2("gpt2"),
    GPTJ("gptj", Kind.UNSUPPORTED),
    GPTNEOX("gptneox"),
    MPT("mpt"),
    BAICHUAN("baichuan", Trait.ROPE_FILLS_HEAD),
    STARCODER("starcoder"),
    REFACT("refact", Trait.FREE_HEAD_SIZE),
    BERT("bert", Kind.EMBEDDING),
    NOMIC_BERT("nomic-bert", Kind.EMBEDDING),
    JINA_BERT_V2("jina-bert-v2", Kind.EMBEDDING, Trait.KEYS_AS_QUERIES),
    BLOOM("bloom"),
    STABLELM("stablelm"),
    QWEN("qwen", Trait.KEYS_AS_QUERIES),
    QWEN2("qwen2", Trait.ROPE_FILLS_HEAD),
    QWEN2MOE("qwen2moe", Trait.ROPE_FILLS_HEAD),
    QWEN2VL("qwen2vl", Kind.SEVERAL_POSITIONS),
    PHI2("phi2"),
    PHI3("phi3"),
    PHIMOE("phimoe"),
    PLAMO("plamo", Trait.ROPE_FILLS_HEAD),
    CODESHELL("codeshell", Trait.ROPE_FILLS_HEAD),
    ORION("orion", Trait.ROPE_FILLS_HEAD),
    INTERNLM2("internlm2", Trait.ROPE_FILLS_HEAD),
    MINICPM("minicpm", Trait.ROPE_FILLS_HEAD, Trait.FREE_HEAD_SIZE),
    MINICPM3("minicpm3", Trait.FREE_HEAD_SIZE, Trait.VALUES_DIFFER, Trait.KEYS_AS_QUERIES),
    GEMMA("gemma", Trait.FREE_HEAD_SIZE),
    GEMMA2("gemma2", Trait.FREE_HEAD_SIZE, Trait.WINDOW),
    GEMMA3("gemma3", Trait.FREE_HEAD_SIZE, Trait.WINDOW),
    STARCODER2("starcoder2", Trait.ROPE_FILLS_HEAD),
    MAMBA("mamba", Kind.RECURRENT),
    XVERSE("xverse", Trait.ROPE_FILLS_HEAD),
    COMMAND_R("command-r"),
    COHERE2("cohere2", Trait.WINDOW),
    DBRX("dbrx", Trait.ROPE_FILLS_HEAD),
    OLMO("olmo", Trait.ROPE_FILLS_HEAD),
    OLMO2("olmo2", Trait.ROPE_FILLS_HEAD),
    OLMOE("olmoe", Trait.ROPE_FILLS_HEAD, Trait.KEYS_AS_QUERIES),
    OPENELM("openelm", Trait.FREE_HEAD_SIZE, Trait.HEADS_PER_LAYER),
    ARCTIC("arctic", Trait.ROPE_FILLS_HEAD),
    DEEPSEEK("deepseek", Trait.ROPE_FILLS_HEAD),
    DEEPSEEK2("deepseek2", Trait.FREE_HEAD_SIZE, Trait.VALUES_DIFFER, Trait.KEYS_AS_QUERIES),
    CHATGLM("chatglm"),
    BITNET("bitnet"),
    T5("t5", Kind.ENCODER),
    T5ENCODER("t5encoder", Kind.ENCODER),
    JAIS("jais"),
    NEMOTRON("nemotron"),
    EXAONE("exaone", Trait.ROPE_FILLS_HEAD, Trait.FREE_HEAD_SIZE),
    RWKV6("rwkv6", Kind.RECURRENT),
    RWKV6QWEN2("rwkv6qwen2", Kind.RECURRENT),
    RWKV7("rwkv7", Kind.RECURRENT),
    ARWKV7("arwkv7", Kind.RECURRENT),
    GRANITE("granite", Trait.ROPE_FILLS_HEAD, Trait.FREE_HEAD_SIZE),
    GRANITE_MOE("granitemoe", Trait.ROPE_FILLS_HEAD, Trait.FREE_HEAD_SIZE),
    CHAMELEON("chameleon", Trait.ROPE_FILLS_HEAD),
    WAVTOKENIZER_DEC("wavtokenizer-dec", Kind.ENCODER);

    /** What a model of an architecture can do here. */
    enum Kind {
        /** It generates text, and keeps keys and values of all tokens. */
        TRANSFORMER,
        /** It generates text, and keeps a state of fixed size. */
        RECURRENT,
        /** It turns text into vectors, sees all of a text at once, and keeps nothing. */
        EMBEDDING,
        /** It turns sound into numbers, or needs an encoder run first. */
        ENCODER,
        /** It wants several positions for each token, and would read them past the end of a batch that has one. */
        SEVERAL_POSITIONS,
        /** llama.cpp knows the name, and nothing more. */
        UNSUPPORTED
    }

    /** What llama.cpp asserts or assumes. */
    enum Trait {
        /** Rotary positions take the whole head. */
        ROPE_FILLS_HEAD,
        /** The heads need not add up to the width of the model. */
        FREE_HEAD_SIZE,
        /** Values may have another length than keys. */
        VALUES_DIFFER,
        /** There are as many key and value heads as query heads. */
        KEYS_AS_QUERIES,
        /** The number of heads may differ from layer to layer. */
        HEADS_PER_LAYER,
        /** Some layers see a sliding window. */
        WINDOW
    }

    private final String id;
    private final Kind kind;
    private final Set<Trait> traits;

    ModelArchitecture(String id, Trait... traits) {
        this(id, Kind.TRANSFORMER, traits);
    }

    ModelArchitecture(String id, Kind kind, Trait... traits) {
        this.id = id;
        this.kind = kind;
        EnumSet<Trait> set = EnumSet.noneOf(Trait.class);
        set.addAll(Arrays.asList(traits));
        this.traits = set;
    }

    static Optional<ModelArchitecture> of(String id) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.id.equals(id))
                .findFirst();
    }

    /** The known ones whose name begins with the same word, such as {@code qwen, qwen2} for {@code qwen3moe}. */
    static List<String> family(String id) {
        String word = id.chars()
                .takeWhile(Character::isLetter)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        return word.length() < 2
                ? List.of()
                : Arrays.stream(values())
                        .map(ModelArchitecture::id)
                        .filter(known -> known.startsWith(word))
                        .toList();
    }

    String id() {
        return id;
    }

    Kind kind() {
        return kind;
    }

    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /**
     * Every so many layers one sees all tokens. A model with fewer layers has none, and llama.cpp writes the mask for them to where it has
     * no memory.
     */
    int windowPeriod() {
        return switch (this) {
            case GEMMA2 -> 2;
            case GEMMA3 -> 6;
            case COHERE2 -> 4;
            default -> 1;
        };
    }

    /** The numbers of layers there are models of; llama.cpp tells the model's size by them and aborts on others. */
    Set<Long> layerCounts() {
        return switch (this) {
            case BAICHUAN -> Set.of(32L, 40L);
            case GEMMA2 -> Set.of(26L, 42L, 46L);
            default -> Set.of();
        };
    }
}
