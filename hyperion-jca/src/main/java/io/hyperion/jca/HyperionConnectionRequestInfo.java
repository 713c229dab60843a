package io.hyperion.jca;

import io.hyperion.api.GenerateRequest;
import io.hyperion.api.LoraScale;
import io.hyperion.api.Message;
import io.hyperion.api.Prompt;
import jakarta.resource.spi.ConnectionRequestInfo;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a connection is asked for: of the idle ones, that is best whose last request began like this one. Any connection to the model will
 * do, so those that ask for the same model are equal: a pool must not keep apart what it has for prompts that differ.
 *
 * @param model the name of the model; empty for that of the pool
 * @param lora the scales of LoRA adapters, as the request has them
 * @param prefix how the prompt begins, at most {@value #MAX_PREFIX} characters
 */
public record HyperionConnectionRequestInfo(Optional<String> model, List<LoraScale> lora, String prefix)
        implements ConnectionRequestInfo {
    /** How many characters of a prompt are compared at most. */
    public static final int MAX_PREFIX = 16_384;

    /** For any request. */
    static final HyperionConnectionRequestInfo ANY = new HyperionConnectionRequestInfo(Optional.empty(), List.of(), "");

    public HyperionConnectionRequestInfo {
        Objects.requireNonNull(model, "model");
        lora = List.copyOf(lora);
        prefix = prefix.length() <= MAX_PREFIX ? prefix : prefix.substring(0, MAX_PREFIX);
    }

    /**
     * For a request.
     *
     * @param request the request
     * @return what its connection is asked for
     */
    public static HyperionConnectionRequestInfo of(GenerateRequest request) {
        return new HyperionConnectionRequestInfo(
                request.model(), request.parameters().lora(), prefix(request.prompt()));
    }

    /** {@return the same without the name of the model: once it is known to be that of the pool, to name it or not must not differ} */
    HyperionConnectionRequestInfo ofAnyModel() {
        return new HyperionConnectionRequestInfo(Optional.empty(), lora, prefix);
    }

    private static String prefix(Prompt prompt) {
        if (prompt instanceof Prompt.Raw raw) {
            return raw.text();
        }
        if (prompt instanceof Prompt.Infill infill) {
            return infill.prefix();
        }
        StringBuilder text = new StringBuilder();
        if (prompt instanceof Prompt.Chat chat) {
            for (Message message : chat.messages()) {
                append(text, message.role().name());
                append(text, message.content());
            }
        } else if (prompt instanceof Prompt.Mixed mixed) {
            for (Prompt.Part part : mixed.parts()) {
                if (part instanceof Prompt.Part.Text words) {
                    append(text, words.text());
                } else if (part instanceof Prompt.Part.Tokens tokens) {
                    tokens.ids().stream().limit(MAX_PREFIX - text.length()).forEach(id -> append(text, id + " "));
                }
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String more) {
        text.append(more, 0, Math.min(more.length(), MAX_PREFIX - text.length()));
    }

    /** {@return how many characters of its prompt a request has in common with this one; none if other adapters act} */
    int commonWith(HyperionConnectionRequestInfo other) {
        if (!lora.equals(other.lora)) {
            return 0;
        }
        int most = Math.min(prefix.length(), other.prefix.length());
        int common = 0;
        while (common < most && prefix.charAt(common) == other.prefix.charAt(common)) {
            common++;
        }
        return common;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HyperionConnectionRequestInfo info && model.equals(info.model);
    }

    @Override
    public int hashCode() {
        return model.hashCode();
    }
}
