package io.hyperion.api.bridge;

import java.util.Optional;

/** The names of operations' arguments. */
final class Arguments {
    static final String REQUEST = "request";
    static final String MODEL = "model";
    static final String SLOT = "slot";
    static final String FILE_NAME = "file_name";

    private Arguments() {}

    static Tree ofModel(Optional<String> model) {
        return new Tree().put(MODEL, model);
    }

    static Tree ofSlot(Optional<String> model, int slot) {
        return ofModel(model).put(SLOT, slot);
    }
}
