package io.hyperion.api.bridge;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be asked across the border: the methods of {@link io.hyperion.api.HyperionClient}, and who is there. */
enum Operation {
    ABOUT,
    GENERATE,
    GENERATE_ASYNC,
    STREAM,
    RENDER,
    TOKENIZE,
    DETOKENIZE,
    SAVE_SLOT,
    RESTORE_SLOT,
    ERASE_SLOT,
    SLOTS,
    EMBED,
    EMBED_ASYNC,
    RERANK,
    RERANK_ASYNC,
    MODELS,
    MODEL,
    FIGURES,
    PROPERTIES;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    static Optional<Operation> of(String wireName) {
        return Arrays.stream(values())
                .filter(operation -> operation.wireName.equals(wireName))
                .findFirst();
    }

    String wireName() {
        return wireName;
    }
}
