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
}
