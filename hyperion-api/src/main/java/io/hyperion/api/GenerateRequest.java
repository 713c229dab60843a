package io.hyperion.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What to generate: a prompt, and how. All protocols and clients end in one of these. Immutable.
 *
 * <pre>{@code
 * GenerateRequest.builder().model("tiny").user("Hello, my name is Constantin").temperature(0).maxTokens(64).build()
 * }</pre>
 */
public final class GenerateRequest {
    /** The longest accepted time-out: a day. */
    public static final Duration MAX_TIMEOUT = Duration.ofDays(1);

    /** The longest accepted identity of a caller in UTF-16 characters. */
    public static final int MAX_CALLER_LENGTH = 256;

    private final Optional<String> model;
    private final Prompt prompt;
    private final GenerateParameters parameters;
    private final Optional<String> template;
    private final Map<String, Object> templateVariables;
    private final Optional<Duration> timeout;
    private final Optional<String> caller;

    private GenerateRequest(Builder builder, Prompt prompt) {
        this.model = Optional.ofNullable(builder.model);
        this.prompt = prompt;
        this.parameters = builder.parameters.build();
        this.template = Optional.ofNullable(builder.template);
        // Not Map.copyOf: a template variable may be null, as in JSON.
        this.templateVariables = Collections.unmodifiableMap(new LinkedHashMap<>(builder.templateVariables));
        this.timeout = Optional.ofNullable(builder.timeout);
        this.caller = Optional.ofNullable(builder.caller);
    }

    /** {@return a builder} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the model's name; empty for the default model} */
    public Optional<String> model() {
        return model;
    }

    /** {@return what the model is asked to go on from} */
    public Prompt prompt() {
        return prompt;
    }

    /** {@return how to generate} */
    public GenerateParameters parameters() {
        return parameters;
    }

    /** {@return the template to use instead of the model's own; empty for the model's own} */
    public Optional<String> template() {
        return template;
    }

    /** {@return what the template may refer to by name, beside the messages; values are those of JSON; unmodifiable} */
    public Map<String, Object> templateVariables() {
        return templateVariables;
    }

    /** {@return how long the request may take from its arrival to its end; empty for no limit of its own} */
    public Optional<Duration> timeout() {
        return timeout;
    }

    /**
     * {@return who asks: callers take turns where requests wait, however many requests each has; those who give no identity are one
     * caller together}
     */
    public Optional<String> caller() {
        return caller;
    }

    /** Collects a request: either messages or a raw prompt, and what else is wanted. Methods throw as the records they fill. */
    public static final class Builder {
        private String model;
        private List<Message> messages;
        private String prompt;
        private GenerateParameters.Builder parameters = GenerateParameters.builder();
        private String template;
        private final Map<String, Object> templateVariables = new LinkedHashMap<>();
        private Duration timeout;
        private String caller;

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
         * Adds a turn to the conversation.
         *
         * @param message the turn
         * @return this
         */
        public Builder message(Message message) {
            if (messages == null) {
                messages = new ArrayList<>();
            }
            messages.add(Objects.requireNonNull(message, "message"));
            return this;
        }

        /**
         * Sets the whole conversation.
         *
         * @param turns the turns
         * @return this
         */
        public Builder messages(List<Message> turns) {
            messages = new ArrayList<>(turns);
            return this;
        }

        /**
         * Adds a turn of the system.
         *
         * @param content what it says
         * @return this
         */
        public Builder system(String content) {
            return message(Message.system(content));
        }

        /**
         * Adds a turn of the user.
         *
         * @param content what is said
         * @return this
         */
        public Builder user(String content) {
            return message(Message.user(content));
        }

        /**
         * Adds a turn of the assistant.
         *
         * @param content what was said
         * @return this
         */
        public Builder assistant(String content) {
            return message(Message.assistant(content));
        }

        /**
         * Sets a raw prompt, which no template changes.
         *
         * @param text the prompt
         * @return this
         */
        public Builder prompt(String text) {
            prompt = Objects.requireNonNull(text, "text");
            return this;
        }

        /**
         * Sets all parameters at once, those set before included.
         *
         * @param values the parameters
         * @return this
         */
        public Builder parameters(GenerateParameters values) {
            parameters = values.toBuilder();
            return this;
        }

        /**
         * @param value as in {@link GenerateParameters.Builder#temperature}
         * @return this
         */
        public Builder temperature(double value) {
            parameters.temperature(value);
            return this;
        }

        /**
         * @param value as in {@link GenerateParameters.Builder#topK}
         * @return this
         */
        public Builder topK(int value) {
            parameters.topK(value);
            return this;
        }

        /**
         * @param value as in {@link GenerateParameters.Builder#topP}
         * @return this
         */
        public Builder topP(double value) {
            parameters.topP(value);
            return this;
        }

        /**
         * @param value as in {@link GenerateParameters.Builder#maxTokens}
         * @return this
         */
        public Builder maxTokens(int value) {
            parameters.maxTokens(value);
            return this;
        }

        /**
         * @param value as in {@link GenerateParameters.Builder#seed}
         * @return this
         */
        public Builder seed(long value) {
            parameters.seed(value);
            return this;
        }

        /**
         * @param values as in {@link GenerateParameters.Builder#stop(List)}
         * @return this
         */
        public Builder stop(String... values) {
            parameters.stop(values);
            return this;
        }

        /**
         * @param name the template to use instead of the model's own
         * @return this
         */
        public Builder template(String name) {
            template = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Sets a variable of the template.
         *
         * @param name its name
         * @param value its value: a String, Number, Boolean, List, Map, or null
         * @return this
         */
        public Builder templateVariable(String name, Object value) {
            templateVariables.put(Objects.requireNonNull(name, "name"), value);
            return this;
        }

        /**
         * @param value how long the request may take, queue included; above zero and at most {@link GenerateRequest#MAX_TIMEOUT}
         * @return this
         */
        public Builder timeout(Duration value) {
            timeout = Timeouts.require(value);
            return this;
        }

        /**
         * @param identity who asks: 1 to {@value GenerateRequest#MAX_CALLER_LENGTH} characters
         * @return this
         */
        public Builder caller(String identity) {
            if (identity.isEmpty() || identity.length() > MAX_CALLER_LENGTH) {
                throw new InvalidRequestException(
                        ErrorCode.OUT_OF_RANGE,
                        "caller",
                        "'caller' has " + identity.length() + " characters; 1 to " + MAX_CALLER_LENGTH
                                + " are allowed");
            }
            caller = identity;
            return this;
        }

        /**
         * @return the request
         * @throws InvalidRequestException if there are neither messages nor a prompt, or both, or one of them is not valid
         */
        public GenerateRequest build() {
            if (messages != null && prompt != null) {
                throw new InvalidRequestException(
                        ErrorCode.CONFLICT, "prompt", "'messages' and 'prompt' exclude each other: send one of them");
            }
            if (messages == null && prompt == null) {
                throw new InvalidRequestException(
                        ErrorCode.MISSING_FIELD, "messages", "'messages' (or a raw 'prompt') is missing");
            }
            return new GenerateRequest(this, messages != null ? new Prompt.Chat(messages) : new Prompt.Raw(prompt));
        }
    }
}
