package io.hyperion.api;

import java.util.List;
import java.util.Objects;

/** What a model is asked to go on from. */
public sealed interface Prompt {
    /**
     * A conversation, which the model's template turns into text.
     *
     * @param messages at least one turn
     */
    record Chat(List<Message> messages) implements Prompt {
        /** The largest accepted number of messages. */
        public static final int MAX_MESSAGES = 10_000;

        /**
         * @throws InvalidRequestException if there is no message, or more than {@value #MAX_MESSAGES}
         */
        public Chat {
            messages = List.copyOf(messages);
            if (messages.isEmpty()) {
                throw new InvalidRequestException(
                        ErrorCode.EMPTY_PROMPT, "messages", "'messages' must hold at least one message");
            }
            if (messages.size() > MAX_MESSAGES) {
                throw new InvalidRequestException(
                        ErrorCode.OUT_OF_RANGE,
                        "messages",
                        "'messages' holds " + messages.size() + " messages; at most " + MAX_MESSAGES + " are allowed");
            }
        }
    }

    /**
     * Text that is given to the model as it is.
     *
     * @param text at least one character
     */
    record Raw(String text) implements Prompt {
        /**
         * @throws InvalidRequestException if the text is empty, or holds a NUL character or an unpaired surrogate
         */
        public Raw {
            Objects.requireNonNull(text, "text");
            if (text.isEmpty()) {
                throw new InvalidRequestException(ErrorCode.EMPTY_PROMPT, "prompt", "'prompt' must not be empty");
            }
            Texts.requireValid("prompt", text);
        }
    }

    /**
     * Tokens, and texts between them, that are given to the model as they are. The model's own beginning-of-sequence token comes before
     * the first part if that is a text, as in llama.cpp.
     *
     * @param parts at least one, and not all of them empty
     */
    record Mixed(List<Part> parts) implements Prompt {
        /** The largest number of parts. */
        public static final int MAX_PARTS = 10_000;

        /**
         * @throws InvalidRequestException if there is nothing in it, or more than {@value #MAX_PARTS} parts
         */
        public Mixed {
            parts = List.copyOf(parts);
            if (parts.stream().allMatch(Part::isEmpty)) {
                throw new InvalidRequestException(ErrorCode.EMPTY_PROMPT, "prompt", "'prompt' must not be empty");
            }
            if (parts.size() > MAX_PARTS) {
                throw new InvalidRequestException(
                        ErrorCode.OUT_OF_RANGE,
                        "prompt",
                        "'prompt' has " + parts.size() + " parts; at most " + MAX_PARTS + " are allowed");
            }
        }
    }

    /** A part of a {@link Mixed} prompt. */
    sealed interface Part {
        /** {@return whether it adds nothing} */
        boolean isEmpty();

        /**
         * Text; the text of a control token becomes that token.
         *
         * @param text the text
         */
        record Text(String text) implements Part {
            /**
             * @throws InvalidRequestException if it holds a NUL character or an unpaired surrogate
             */
            public Text {
                Texts.requireValid("prompt", text);
            }

            @Override
            public boolean isEmpty() {
                return text.isEmpty();
            }
        }

        /**
         * Tokens by their ids.
         *
         * @param ids the ids, not negative; that the model has them is checked when it is asked
         */
        record Tokens(List<Integer> ids) implements Part {
            /**
             * @throws InvalidRequestException ({@link ErrorCode#OUT_OF_RANGE}, parameter {@code prompt}) if an id is negative
             */
            public Tokens {
                ids = List.copyOf(ids);
                for (int id : ids) {
                    if (id < 0) {
                        throw new InvalidRequestException(
                                ErrorCode.OUT_OF_RANGE,
                                "prompt",
                                "'prompt' holds the token " + id + "; tokens are not negative");
                    }
                }
            }

            @Override
            public boolean isEmpty() {
                return ids.isEmpty();
            }
        }
    }

    /**
     * A gap in a text that a model with fill-in-the-middle tokens fills.
     *
     * @param prefix what is before the gap; may be empty
     * @param suffix what is behind the gap; may be empty
     * @param begin how the filling begins; may be empty
     * @param extra other files that the model should know of
     */
    record Infill(String prefix, String suffix, String begin, List<Extra> extra) implements Prompt {
        /**
         * @throws InvalidRequestException if a text holds a NUL character or an unpaired surrogate
         */
        public Infill {
            Texts.requireValid("input_prefix", prefix);
            Texts.requireValid("input_suffix", suffix);
            Texts.requireValid("prompt", begin);
            extra = List.copyOf(extra);
        }
    }

    /**
     * Another file of a project in which a gap is filled.
     *
     * @param name the name of the file; may be empty
     * @param text what is in it
     */
    record Extra(String name, String text) {
        /**
         * @throws InvalidRequestException if a text holds a NUL character or an unpaired surrogate
         */
        public Extra {
            Texts.requireValid("input_extra.filename", name);
            Texts.requireValid("input_extra.text", text);
        }
    }
}
