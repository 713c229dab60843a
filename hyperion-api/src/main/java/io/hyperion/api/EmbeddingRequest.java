package io.hyperion.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Texts that are to become vectors. Immutable.
 *
 * <pre>{@code
 * EmbeddingRequest.builder().model("bge").text("A dog barks.").text("A cat meows.").build()
 * }</pre>
 */
public final class EmbeddingRequest {
    /** The largest number of texts. */
    public static final int MAX_TEXTS = 2048;

    /** The largest length of a text in UTF-16 characters; the model's context, in tokens, is mostly far smaller. */
    public static final int MAX_TEXT_LENGTH = 1 << 20;

    private final Optional<String> model;
    private final List<String> texts;
    private final boolean normalize;
    private final Optional<Duration> timeout;

    private EmbeddingRequest(Builder builder) {
        this.model = Optional.ofNullable(builder.model);
        this.texts = Texts.requireAll("input", builder.texts, MAX_TEXTS, MAX_TEXT_LENGTH);
        this.normalize = builder.normalize;
        this.timeout = Optional.ofNullable(builder.timeout);
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
    public List<String> texts() {
        return texts;
    }

    /** {@return whether the vectors are scaled to the Euclidean length 1; a zero vector stays as it is} */
    public boolean normalize() {
        return normalize;
    }

    /** {@return how long the request may take from its arrival to its end; empty for no limit of its own} */
    public Optional<Duration> timeout() {
        return timeout;
    }

    /** Collects a request. */
    public static final class Builder {
        private String model;
        private final List<String> texts = new ArrayList<>();
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
            texts.add(Objects.requireNonNull(text, "text"));
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
         *     empty, not valid, or longer than {@value EmbeddingRequest#MAX_TEXT_LENGTH} characters
         */
        public EmbeddingRequest build() {
            return new EmbeddingRequest(this);
        }
    }
}
