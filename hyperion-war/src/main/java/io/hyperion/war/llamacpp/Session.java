package io.hyperion.war.llamacpp;

import io.hyperion.api.GenerateReply;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What is remembered of one client: the slots that it had, and the prompt that comes before its own ones. Safe for use by many threads. */
public final class Session {
    /** By the names of models as the client gave them: only those of models that answered, of which there are not many. */
    private final Map<Optional<String>, Integer> slots = new HashMap<>();

    private SystemPrompt systemPrompt = SystemPrompt.NONE;

    /**
     * @param model the model's name; empty for the default model
     * @return the slot that the client's last request to it had
     */
    synchronized OptionalInt slot(Optional<String> model) {
        Integer slot = slots.get(model);
        return slot == null ? OptionalInt.empty() : OptionalInt.of(slot);
    }

    /**
     * A request was answered.
     *
     * @param model the model's name; empty for the default model
     * @param reply the answer
     */
    synchronized void answered(Optional<String> model, GenerateReply reply) {
        if (reply.slot() >= 0) {
            slots.put(model, reply.slot());
        }
    }

    synchronized SystemPrompt systemPrompt() {
        return systemPrompt;
    }

    synchronized void systemPrompt(SystemPrompt value) {
        systemPrompt = value;
    }
}
