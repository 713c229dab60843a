package io.hyperion.core.gguf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a GGUF file says of itself: header, metadata and tensor table, without the weights. Immutable.
 *
 * <p>That a file can be read means that its parts fit together and lie within it. Whether llama.cpp can load it is for
 * {@link ModelFileValidator} to say.
 */
public final class GgufFile {
    private static final String ARCHITECTURE = "general.architecture";
    /** Poolings are numbered from 0 to this: none, mean, cls, last, rank. */
    static final int MAX_POOLING_TYPE = 4;

    /** The ways to split text before byte pair encoding with which llama.cpp begins each text with a token of its own accord. */
    private static final Set<String> BOS_ADDING =
            Set.of("llama3", "llama-v3", "llama-bpe", "falcon3", "pixtral", "tekken", "chameleon");

    private static final String TOKENS = "tokenizer.ggml.tokens";

    private final Path path;
    private final long fileSize;
    private final int version;
    private final int alignment;
    private final long metadataOffset;
    private final long dataOffset;
    private final Map<String, GgufValue> metadata;
    private final Map<String, Long> offsets;
    private final Map<String, GgufTensor> tensors;
    private final List<GgufTensor> tensorList;
    /** What each of the files says that it is split into; empty if it is not. */
    private final List<GgufFile> parts;

    /** Of one file. */
    GgufFile(
            Path path,
            long fileSize,
            int version,
            int alignment,
            long metadataOffset,
            long dataOffset,
            Map<String, GgufValue> metadata,
            Map<String, Long> offsets,
            Map<String, GgufTensor> tensors) {
        this.path = path;
        this.fileSize = fileSize;
        this.version = version;
        this.alignment = alignment;
        this.metadataOffset = metadataOffset;
        this.dataOffset = dataOffset;
        this.metadata = Collections.unmodifiableMap(metadata);
        this.offsets = offsets;
        this.tensors = tensors;
        this.tensorList = List.copyOf(tensors.values());
        this.parts = List.of();
    }

    private GgufFile(List<GgufFile> parts, Map<String, GgufTensor> tensors) {
        GgufFile first = parts.get(0);
        this.path = first.path;
        this.fileSize = parts.stream().mapToLong(GgufFile::fileSize).sum();
        this.version = first.version;
        this.alignment = first.alignment;
        this.metadataOffset = first.metadataOffset;
        this.dataOffset = first.dataOffset;
        this.metadata = first.metadata;
        this.offsets = first.offsets;
        this.tensors = tensors;
        this.tensorList = List.copyOf(tensors.values());
        this.parts = List.copyOf(parts);
    }

    /**
     * The files that a model is split into, as one.
     *
     * @throws GgufException if a tensor is in two of them
     */
    static GgufFile join(List<GgufFile> parts) throws GgufException {
        Map<String, GgufTensor> all = new LinkedHashMap<>();
        for (GgufFile part : parts) {
            for (GgufTensor tensor : part.tensorList) {
                GgufTensor other = all.putIfAbsent(tensor.name(), tensor);
                if (other != null) {
                    throw TensorCheck.fault(
                            part, tensor, "is in " + Messages.name(parts.get(other.part()).path) + " too");
                }
            }
        }
        return new GgufFile(parts, all);
    }

    /**
     * Reads a file, and the others if it is the first of those that a model is split into. Only their heads are read, and nothing is
     * allocated that the length of the file does not cover.
     *
     * @param path the file
     * @return what it says
     * @throws GgufException if it is no GGUF file, is damaged or truncated, or has something in it that is not supported; if it is not the
     *     first of the files that a model is split into, or if another one of these is missing, or of another model
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws IOException if it cannot be read
     */
    public static GgufFile read(Path path) throws IOException {
        return SplitFiles.join(GgufReader.read(path, 0));
    }

    /**
     * The files that a model is in, by the name of the first: {@code name-00001-of-00003.gguf} tells the names of the two others. Does not
     * look whether they are there.
     *
     * @param first the first file, or the only one
     * @return all of them, in their order, that one first
     */
    public static List<Path> files(Path first) {
        return SplitFiles.of(first);
    }

    /** {@return the file; of several the first} */
    public Path path() {
        return path;
    }

    /** What each of the files says that it is split into; itself if it is not split. */
    List<GgufFile> parts() {
        return parts.isEmpty() ? List.of(this) : parts;
    }

    /** {@return the size of the file in bytes; of several that of all} */
    public long fileSize() {
        return fileSize;
    }

    /** {@return the version of the format} */
    public int version() {
        return version;
    }

    /** {@return what the offsets of tensors are a multiple of} */
    public int alignment() {
        return alignment;
    }

    /** {@return where the weights begin, in bytes from the beginning of the file; of several, of the first} */
    public long dataOffset() {
        return dataOffset;
    }

    /** {@return the metadata, in the order of the file; of several that of the first, which has them} */
    public Map<String, GgufValue> metadata() {
        return metadata;
    }

    /** {@return the tensors, in the order of the file, or of the files} */
    public List<GgufTensor> tensors() {
        return tensorList;
    }

    /**
     * One tensor.
     *
     * @param name its name
     * @return the tensor; empty if there is none of that name
     */
    public Optional<GgufTensor> tensor(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /**
     * A text of the metadata.
     *
     * @param key its key
     * @return the text; empty if there is no such entry or it is no text
     */
    public Optional<String> text(String key) {
        return metadata.get(key) instanceof GgufValue.Text text ? Optional.of(text.value()) : Optional.empty();
    }

    /**
     * An integer of the metadata.
     *
     * @param key its key
     * @return the number; empty if there is no such entry or it is no integer
     */
    public OptionalLong whole(String key) {
        return metadata.get(key) instanceof GgufValue.Whole whole
                ? OptionalLong.of(whole.value())
                : OptionalLong.empty();
    }

    /** {@return the architecture, such as {@code llama}; an empty text if the file names none} */
    public String architecture() {
        return text(ARCHITECTURE).orElse("");
    }

    /** {@return the model's own name; empty if it has none} */
    public Optional<String> title() {
        return text("general.name").filter(name -> !name.isBlank());
    }

    /** {@return the context that the model was trained with, in tokens; 0 if the file does not say} */
    public int trainedContextLength() {
        return number("context_length", 0);
    }

    /** {@return the number of layers; 0 if the file does not say} */
    public int layerCount() {
        return number("block_count", 0);
    }

    /** {@return the width of the model; 0 if the file does not say} */
    public int embeddingLength() {
        return number("embedding_length", 0);
    }

    /** {@return the number of tokens that the model knows; 0 if the file does not say} */
    public int vocabularySize() {
        return metadata.get(TOKENS) instanceof GgufValue.Texts tokens ? tokens.size() : number("vocab_size", 0);
    }

    /** {@return the token that begins a text; empty if the file names none} */
    public OptionalInt bosToken() {
        return token("tokenizer.ggml.bos_token_id");
    }

    /** {@return the token that ends a text; empty if the file names none} */
    public OptionalInt eosToken() {
        return token("tokenizer.ggml.eos_token_id");
    }

    /** {@return the text of the token that begins a text, with llama.cpp's choice where the file names none; empty if there is none} */
    public Optional<String> bosText() {
        return tokenText(bosToken(), Map.of("llama", 1, "gpt2", 11));
    }

    /** {@return the text of the token that ends a text, with llama.cpp's choice where the file names none; empty if there is none} */
    public Optional<String> eosText() {
        return tokenText(eosToken(), Map.of("llama", 2, "gpt2", 11));
    }

    private Optional<String> tokenText(OptionalInt named, Map<String, Integer> otherwise) {
        int token = named.orElse(otherwise.getOrDefault(tokenizer(), -1));
        return metadata.get(TOKENS) instanceof GgufValue.Texts tokens && token >= 0 && token < tokens.size()
                ? Optional.of(tokens.get(token))
                : Optional.empty();
    }

    private String tokenizer() {
        return text("tokenizer.ggml.model").orElse("");
    }

    /** {@return whether llama.cpp puts the token that begins a text before each text} */
    public boolean addsBos() {
        if (metadata.get("tokenizer.ggml.add_bos_token") instanceof GgufValue.Bool adds) {
            return adds.value();
        }
        return tokenizer().equals("llama")
                || tokenizer().equals("gpt2")
                        && BOS_ADDING.contains(text("tokenizer.ggml.pre").orElse(""));
    }

    private OptionalInt token(String key) {
        OptionalLong token = whole(key);
        return token.isPresent() && token.getAsLong() >= 0 && token.getAsLong() < vocabularySize()
                ? OptionalInt.of((int) token.getAsLong())
                : OptionalInt.empty();
    }

    /** {@return the model's chat template, a Jinja text; empty if it has none} */
    public Optional<String> chatTemplate() {
        return text("tokenizer.chat_template").filter(template -> !template.isBlank());
    }

    /**
     * {@return the type of most of the weights, such as {@code Q4_K_M}: as the file calls itself, or else the type that most numbers
     * are of}
     */
    public String quantization() {
        OptionalLong fileType = whole("general.file_type");
        if (fileType.isPresent()) {
            Optional<String> name = FileTypes.name(fileType.getAsLong());
            if (name.isPresent()) {
                return name.get();
            }
        }
        Map<TensorType, Long> elements = new EnumMap<>(TensorType.class);
        tensorList.forEach(tensor -> elements.merge(tensor.type(), tensor.elements(), Long::sum));
        return elements.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(type -> type.getKey().name())
                .orElse("");
    }

    /** {@return the number of weights} */
    public long parameterCount() {
        return tensorList.stream().mapToLong(GgufTensor::elements).sum();
    }

    /** {@return whether the model keeps a state of fixed size instead of a cache of keys and values} */
    public boolean isRecurrent() {
        return isOf(ModelArchitecture.Kind.RECURRENT);
    }

    /** {@return whether the model makes vectors of texts and cannot generate any} */
    public boolean isEncoder() {
        return isOf(ModelArchitecture.Kind.EMBEDDING);
    }

    private boolean isOf(ModelArchitecture.Kind kind) {
        return ModelArchitecture.of(architecture())
                .map(architecture -> architecture.kind() == kind)
                .orElse(false);
    }

    /**
     * {@return how the model is made to sum the vectors of a text's tokens up, in llama.cpp's numbers: 0 none, 1 mean, 2 cls, 3 last,
     * 4 rank; empty if the file does not say}
     */
    public OptionalInt poolingType() {
        int type = number("pooling_type", -1);
        return type < 0 || type > MAX_POOLING_TYPE ? OptionalInt.empty() : OptionalInt.of(type);
    }

    /** {@return whether the model has the classifier that scores documents, complete, as llama.cpp asserts it} */
    public boolean hasClassifier() {
        boolean whole = tensors.containsKey("cls.weight") && tensors.containsKey("cls.bias");
        return switch (ModelArchitecture.of(architecture()).orElse(ModelArchitecture.LLAMA)) {
            case BERT -> whole && tensors.containsKey("cls.output.weight") && tensors.containsKey("cls.output.bias");
            case JINA_BERT_V2 -> whole;
            default -> false;
        };
    }

    /**
     * The numbers that the cache of keys and values holds for each token, over all layers: two bytes each, unless the cache is
     * quantised.
     *
     * @return how many; 0 for a recurrent model, and if the file does not say
     */
    public long cacheElementsPerToken() {
        HeadShape heads = HeadShape.of(this);
        long sum = 0;
        for (int layer = 0; layer < Math.min(layerCount(), HyperParameterCheck.MAX_LAYERS); layer++) {
            sum += heads.keyElements(layer) + heads.valueElements(layer);
        }
        return sum;
    }

    /**
     * The largest context that llama.cpp may be asked for. Beyond it, it computes the size of its cache modulo 2³², or looks up a position
     * that was never learned, and aborts.
     *
     * @return how many tokens, of all sequences together where positions are not learned
     */
    public int largestContext() {
        int largest = largestCache();
        return hasLearnedPositions() ? Math.min(largest, trainedContextLength() / 32 * 32) : largest;
    }

    /**
     * The most cells that the cache of keys and values may have: as {@link #largestContext()}, but where positions are learned too, since
     * each sequence begins anew at the first.
     *
     * @return how many tokens, of all sequences together
     */
    public int largestCache() {
        HeadShape heads = HeadShape.of(this);
        long widest = 1;
        for (int layer = 0; layer < Math.min(layerCount(), HyperParameterCheck.MAX_LAYERS); layer++) {
            widest = Math.max(widest, Math.max(heads.keyElements(layer), heads.valueElements(layer)));
        }
        // llama.cpp rounds a context up to multiples of 32, or of 256 with flash attention: these it leaves as they
        // are.
        return (int) (Math.min(Integer.MAX_VALUE, 0xFFFF_FFFFL / widest) / 256 * 256);
    }

    /** {@return whether each position has weights of its own, so that there is none beyond the trained context} */
    public boolean hasLearnedPositions() {
        return tensors.containsKey("position_embd.weight");
    }

    /** Where the value of an entry begins; for one that is missing where the metadata begin. */
    long offsetOf(String key) {
        return offsets.getOrDefault(key, metadataOffset);
    }

    /** The key of this file's architecture. */
    String key(String name) {
        return architecture() + "." + name;
    }

    private int number(String name, int otherwise) {
        OptionalLong number = whole(key(name));
        return number.isPresent() && number.getAsLong() >= 0 && number.getAsLong() <= Integer.MAX_VALUE
                ? (int) number.getAsLong()
                : otherwise;
    }

    @Override
    public String toString() {
        return Messages.name(path) + " (" + architecture() + ", " + quantization() + ", " + fileSize + " bytes)";
    }
}
