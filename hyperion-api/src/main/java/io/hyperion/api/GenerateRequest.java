package io.hyperion.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

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

    /** The largest number of tools. */
    public static final int MAX_TOOLS = 512;

    private final Optional<String> model;
    private final Prompt prompt;
    private final GenerateParameters parameters;
    private final Optional<String> template;
    private final Map<String, Object> templateVariables;
    private final Optional<Duration> timeout;
    private final Optional<String> caller;
    private final List<Tool> tools;
    private final ToolChoice toolChoice;
    private final boolean parallelToolCalls;
    private final ResponseFormat responseFormat;

    private GenerateRequest(Builder builder, Prompt prompt) {
        this.model = Optional.ofNullable(builder.model);
        this.prompt = prompt;
        this.parameters = builder.parameters.build();
        this.template = Optional.ofNullable(builder.template);
        // Not Map.copyOf: a template variable may be null, as in JSON.
        this.templateVariables = Collections.unmodifiableMap(new LinkedHashMap<>(builder.templateVariables));
        this.timeout = Optional.ofNullable(builder.timeout);
        this.caller = Optional.ofNullable(builder.caller);
        this.tools = List.copyOf(builder.tools);
        this.toolChoice = builder.toolChoice;
        this.parallelToolCalls = builder.parallelToolCalls;
        this.responseFormat = builder.responseFormat;
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

    /** {@return the tools that the model may call, each of another name; unmodifiable} */
    public List<Tool> tools() {
        return tools;
    }

    /** {@return whether it calls tools; of no importance without tools} */
    public ToolChoice toolChoice() {
        return toolChoice;
    }

    /** {@return whether it may call several tools in one turn} */
    public boolean parallelToolCalls() {
        return parallelToolCalls;
    }

    /** {@return the form of the text; that of a turn that calls tools is not bound to it} */
    public ResponseFormat responseFormat() {
        return responseFormat;
    }

    /** {@return a builder that has all that this request has} */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.model = model.orElse(null);
        builder.prompt = prompt;
        builder.parameters = parameters.toBuilder();
        builder.template = template.orElse(null);
        builder.templateVariables.putAll(templateVariables);
        builder.timeout = timeout.orElse(null);
        builder.caller = caller.orElse(null);
        builder.tools = tools;
        builder.toolChoice = toolChoice;
        builder.parallelToolCalls = parallelToolCalls;
        builder.responseFormat = responseFormat;
        return builder;
    }

    /** Collects a request: either messages or a raw prompt, and what else is wanted. Methods throw as the records they fill. */
    public static final class Builder {
        private String model;
        private List<Message> messages;
        private Prompt prompt;
        private GenerateParameters.Builder parameters = GenerateParameters.builder();
        private String template;
        private final Map<String, Object> templateVariables = new LinkedHashMap<>();
        private Duration timeout;
        private String caller;
        private List<Tool> tools = List.of();
        private ToolChoice toolChoice = ToolChoice.AUTO;
        private boolean parallelToolCalls = true;
        private ResponseFormat responseFormat = ResponseFormat.TEXT;

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
                if (prompt instanceof Prompt.Chat chat) {
                    messages.addAll(chat.messages());
                    prompt = null;
                }
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
            if (prompt instanceof Prompt.Chat) {
                prompt = null;
            }
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
            return prompt(new Prompt.Raw(text));
        }

        /**
         * Sets what the model goes on from.
         *
         * @param value a conversation, a text, tokens, or a gap to fill
         * @return this
         */
        public Builder prompt(Prompt value) {
            prompt = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * @param values the tools that the model may call; none by default
         * @return this
         */
        public Builder tools(List<Tool> values) {
            tools = List.copyOf(values);
            return this;
        }

        /**
         * @param value whether it calls tools; {@link ToolChoice#AUTO} by default
         * @return this
         */
        public Builder toolChoice(ToolChoice value) {
            toolChoice = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * @param value whether it may call several tools in one turn; true by default
         * @return this
         */
        public Builder parallelToolCalls(boolean value) {
            parallelToolCalls = value;
            return this;
        }

        /**
         * @param value the form of the text; {@link ResponseFormat#TEXT} by default
         * @return this
         */
        public Builder responseFormat(ResponseFormat value) {
            responseFormat = Objects.requireNonNull(value, "value");
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
         * @throws InvalidRequestException if there are neither messages nor a prompt, or both, or one of them is not valid; or if two tools
         *     have the same name, the choice names or needs one that is not there, tools are given without a conversation, or a grammar
         *     together with a form of the text
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
            Prompt whole = messages != null ? new Prompt.Chat(messages) : prompt;
            requireTools(whole);
            GenerateRequest request = new GenerateRequest(this, whole);
            if (responseFormat != ResponseFormat.TEXT
                    && request.parameters.grammar().isPresent()) {
                throw new InvalidRequestException(
                        ErrorCode.CONFLICT,
                        "response_format",
                        "'response_format' and 'grammar' exclude each other: both say what the text may be");
            }
            return request;
        }

        private void requireTools(Prompt whole) {
            if (tools.size() > MAX_TOOLS) {
                throw new InvalidRequestException(
                        ErrorCode.OUT_OF_RANGE,
                        "tools",
                        "'tools' holds " + tools.size() + " tools; at most " + MAX_TOOLS + " are allowed");
            }
            if (!tools.isEmpty() && !(whole instanceof Prompt.Chat)) {
                throw new InvalidRequestException(
                        ErrorCode.CONFLICT, "tools", "'tools' need 'messages': a raw 'prompt' is taken as it is");
            }
            Set<String> names = new HashSet<>();
            for (Tool tool : tools) {
                if (!names.add(tool.name())) {
                    throw new InvalidRequestException(
                            ErrorCode.CONFLICT,
                            "tools.function.name",
                            "Two tools have the name '" + tool.name() + "'; each needs another one");
                }
            }
            if (toolChoice instanceof ToolChoice.Named named && !names.contains(named.name())) {
                throw new InvalidRequestException(
                        ErrorCode.UNKNOWN_VALUE,
                        "tool_choice",
                        "'tool_choice' names '" + Excerpts.of(named.name()) + "', which is not one of 'tools'");
            }
            if (toolChoice == ToolChoice.REQUIRED && tools.isEmpty()) {
                throw new InvalidRequestException(
                        ErrorCode.CONFLICT, "tool_choice", "'tool_choice' is required, but there are no 'tools'");
            }
        }
    }
}
