package io.hyperion.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Texts that are to become vectors, or such as are tokens already. Immutable.
 *
 * <pre>{@code
 * EmbeddingRequest.builder().model("bge").text("A dog barks.").text("A cat meows.").build()
 * }</pre>
 */
public final class EmbeddingRequest {
    /** A text that is to become a vector. */
    public sealed interface Input {}

    /**
     * A text as such. The model's own tokens are put around it.
     *
     * @param text 1 to {@value EmbeddingRequest#MAX_TEXT_LENGTH} characters
     */
    public record Text(String text) implements Input {
        public Text {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * A text in tokens, which are taken as they are: none are put around them.
     *
     * @param ids their ids: 1 to {@value EmbeddingRequest#MAX_TEXT_LENGTH} of them, not negative; that the model has them is checked when it
     *     is asked
     */
    public record Tokens(List<Integer> ids) implements Input {
        public Tokens {
            ids = List.copyOf(ids);
        }
    }

    /** The largest number of texts. */
    public static final int MAX_TEXTS = 2048;

    /** The largest length of a text in UTF-16 characters or tokens; the model's context, in tokens, is mostly far smaller. */
    public static final int MAX_TEXT_LENGTH = 1 << 20;

    private final Optional<String> model;
    private final List<Input> inputs;
    private final boolean normalize;
    private final Optional<Duration> timeout;

    private EmbeddingRequest(Builder builder) {
        this.model = Optional.ofNullable(builder.model);
        this.inputs = List.copyOf(builder.inputs);
        Texts.requireCount("input", inputs, MAX_TEXTS);
        for (int i = 0; i < inputs.size(); i++) {
            require("input[" + i + "]", inputs.get(i));
        }
        this.normalize = builder.normalize;
        this.timeout = Optional.ofNullable(builder.timeout);
    }

    private static void require(String parameter, Input input) {
        if (input instanceof Text text) {
            Texts.requireText(parameter, text.text(), MAX_TEXT_LENGTH);
        } else if (input instanceof Tokens tokens) {
            int count = tokens.ids().size();
            if (count == 0) {
                throw new InvalidRequestException(
                        ErrorCode.EMPTY_PROMPT, parameter, "'" + parameter + "' must not be empty");
            }
            if (count > MAX_TEXT_LENGTH) {
                throw new InvalidRequestException(
                        ErrorCode.OUT_OF_RANGE,
                        parameter,
                        "'" + parameter + "' may have at most " + MAX_TEXT_LENGTH + " tokens, but has " + count);
            }
            for (int id : tokens.ids()) {
                if (id < 0) {
                    throw new InvalidRequestException(
                            ErrorCode.OUT_OF_RANGE,
                            parameter,
                            "'" + parameter + "' holds the token " + id + "; tokens are not negative");
                }
            }
        }
    }

    /** {@return a builder} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the model's name; empty for the default model} */
    public Optional<String> model() {
        return model;
    }

    /** {@return the texts, at least one, none of them empty; unmodifiable} */
    public List<Input> inputs() {
        return inputs;
    }

    /** {@return whether the vectors are scaled to the Euclidean length 1; a zero vector stays as it is} */
    public boolean normalize() {
        return normalize;
    }

    /** {@return how long the request may take from its arrival to its end; empty for no limit of its own} */
    public Optional<Duration> timeout() {
        return timeout;
    }

    /** {@return a builder that has all that this request has} */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.model = model.orElse(null);
        builder.inputs.addAll(inputs);
        builder.normalize = normalize;
        builder.timeout = timeout.orElse(null);
        return builder;
    }

    /** Collects a request. */
    public static final class Builder {
        private String model;
        private final List<Input> inputs = new ArrayList<>();
        private boolean normalize = true;
        private Duration timeout;

        private Builder() {}

        /**
         * @param name the model's name, as in {@link ModelInfo#name()}
         * @return this
         */
        public Builder model(String name) {
            model = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Adds a text.
         *
         * @param text the text
         * @return this
         */
        public Builder text(String text) {
            inputs.add(new Text(text));
            return this;
        }

        /**
         * Adds texts.
         *
         * @param more the texts
         * @return this
         */
        public Builder texts(List<String> more) {
            more.forEach(this::text);
            return this;
        }

        /**
         * Adds a text in tokens.
         *
         * @param ids as in {@link Tokens#ids()}
         * @return this
         */
        public Builder tokens(List<Integer> ids) {
            inputs.add(new Tokens(ids));
            return this;
        }

        /**
         * @param value whether the vectors are scaled to the Euclidean length 1, so that the scalar product of two is their cosine;
         *     default true
         * @return this
         */
        public Builder normalize(boolean value) {
            normalize = value;
            return this;
        }

        /**
         * @param value how long the request may take, queue included; above zero and at most {@link GenerateRequest#MAX_TIMEOUT}
         * @return this
         * @throws InvalidRequestException if it is not
         */
        public Builder timeout(Duration value) {
            timeout = Timeouts.require(value);
            return this;
        }

        /**
         * @return the request
         * @throws InvalidRequestException if there is no text or there are more than {@value EmbeddingRequest#MAX_TEXTS}, or if one is
         *     empty, not valid, or longer than {@value EmbeddingRequest#MAX_TEXT_LENGTH} characters or tokens
         */
        public EmbeddingRequest build() {
            return new EmbeddingRequest(this);
        }
    }
}
