package io.hyperion.core.gguf;

import java.util.List;

/**
 * The gate before llama.cpp. That library runs in the process of the application server and ends it, by an assertion or a fault, when a
 * file contradicts what its code takes for granted. What passes here has been checked against each such place that is known of b4916; a
 * mere mismatch, such as a tensor of the wrong shape, it reports itself and in order.
 */
public final class ModelFileValidator {
    private ModelFileValidator() {}

    /**
     * Checks that llama.cpp can be let at a file to load it, and to generate text or, if it is {@link GgufFile#isEncoder() made for
     * that}, to make vectors of texts.
     *
     * @param file what the file says
     * @throws GgufException if it must not be loaded; the message says why
     */
    public static void validate(GgufFile file) throws GgufException {
        Entries entries = new Entries(file);
        kind(entries);
        ModelArchitecture architecture = architecture(entries);
        new HyperParameterCheck(entries, architecture).check();
        new TensorCheck(entries, architecture).check();
        VocabularyCheck.check(entries, architecture);
    }

    private static void kind(Entries entries) throws GgufException {
        String type = entries.text("general.type").orElse("model");
        if (!type.equals("model")) {
            throw entries.fault("general.type", "is " + Messages.quote(type) + ": this file is no model");
        }
        // Of this one llama.cpp asserts the type; of all others it says that they are of a wrong one.
        entries.number("general.file_type");
        // What else a model must say that is split into files is checked where these are put together.
        entries.whole(SplitFiles.COUNT, GgufType.UINT16);
    }

    private static ModelArchitecture architecture(Entries entries) throws GgufException {
        String key = "general.architecture";
        String id = entries.text(key).orElseThrow(() -> entries.fault(key, "is missing"));
        ModelArchitecture architecture = ModelArchitecture.of(id).orElseThrow(() -> entries.fault(key, unknown(id)));
        return switch (architecture.kind()) {
            case TRANSFORMER, RECURRENT, EMBEDDING -> architecture;
            case ENCODER ->
                throw entries.fault(
                        key,
                        "is " + Messages.quote(id) + ", which neither generates text nor makes vectors of it alone");
            case SEVERAL_POSITIONS ->
                throw entries.fault(
                        key, "is " + Messages.quote(id) + ", whose tokens have several positions: not supported");
            case UNSUPPORTED -> throw entries.fault(key, unknown(id));
        };
    }

    private static String unknown(String id) {
        List<String> family = ModelArchitecture.family(id);
        return "is " + Messages.quote(id) + ", which the engine, llama.cpp b4916 of March 2025, does not know"
                + (family.isEmpty() || family.contains(id)
                        ? ""
                        : "; of that family it knows " + String.join(", ", family));
    }
}
