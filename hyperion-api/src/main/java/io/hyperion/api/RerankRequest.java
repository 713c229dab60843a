package io.hyperion.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Documents that are to be ordered by how well they answer a query. Immutable.
 *
 * <pre>{@code
 * RerankRequest.builder().model("reranker").query("Which animal barks?").document("A dog.").document("A cat.").build()
 * }</pre>
 */
public final class RerankRequest {
    /** The largest number of documents. */
    public static final int MAX_DOCUMENTS = 2048;

    /** The largest length of the query, and of a document, in UTF-16 characters. */
    public static final int MAX_TEXT_LENGTH = EmbeddingRequest.MAX_TEXT_LENGTH;

    private final Optional<String> model;
    private final String query;
    private final List<String> documents;
    private final OptionalInt topN;
    private final Optional<Duration> timeout;

    private RerankRequest(Builder builder) {
        if (builder.query == null) {
            throw new InvalidRequestException(ErrorCode.MISSING_FIELD, "query", "'query' is missing");
        }
        this.model = Optional.ofNullable(builder.model);
        this.query = Texts.requireText("query", builder.query, MAX_TEXT_LENGTH);
        this.documents = Texts.requireAll("documents", builder.documents, MAX_DOCUMENTS, MAX_TEXT_LENGTH);
        this.topN = builder.topN;
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

    /** {@return what the documents are to answer} */
    public String query() {
        return query;
    }

    /** {@return the documents, at least one, none of them empty; unmodifiable} */
    public List<String> documents() {
        return documents;
    }

    /** {@return how many of the best results are wanted; empty for all. All documents are evaluated in any case} */
    public OptionalInt topN() {
        return topN;
    }

    /** {@return how long the request may take from its arrival to its end; empty for no limit of its own} */
    public Optional<Duration> timeout() {
        return timeout;
    }

    /** {@return a builder that has all that this request has} */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.model = model.orElse(null);
        builder.query = query;
        builder.documents.addAll(documents);
        builder.topN = topN;
        builder.timeout = timeout.orElse(null);
        return builder;
    }

    /** Collects a request. */
    public static final class Builder {
        private String model;
        private String query;
        private final List<String> documents = new ArrayList<>();
        private OptionalInt topN = OptionalInt.empty();
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
         * @param text what the documents are to answer
         * @return this
         */
        public Builder query(String text) {
            query = Objects.requireNonNull(text, "text");
            return this;
        }

        /**
         * Adds a document.
         *
         * @param text the document
         * @return this
         */
        public Builder document(String text) {
            documents.add(Objects.requireNonNull(text, "text"));
            return this;
        }

        /**
         * Adds documents.
         *
         * @param more the documents
         * @return this
         */
        public Builder documents(List<String> more) {
            more.forEach(this::document);
            return this;
        }

        /**
         * @param value how many of the best results are wanted; at least 1, and more than there are documents means all
         * @return this
         * @throws InvalidRequestException if it is less than 1
         */
        public Builder topN(int value) {
            if (value < 1) {
                throw new InvalidRequestException(
                        ErrorCode.OUT_OF_RANGE, "top_n", "'top_n' must be at least 1, but is " + value);
            }
            topN = OptionalInt.of(value);
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
         * @throws InvalidRequestException if the query or the documents are missing, there are more than
         *     {@value RerankRequest#MAX_DOCUMENTS} documents, or one of these texts is empty, not valid, or too long
         */
        public RerankRequest build() {
            return new RerankRequest(this);
        }
    }
}
