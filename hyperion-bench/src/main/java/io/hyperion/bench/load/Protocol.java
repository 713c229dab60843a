package io.hyperion.bench.load;

import io.hyperion.api.Message;
import io.hyperion.api.Prompt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** How a server is asked for a stream of a completion. */
public enum Protocol {
    /** {@code /completion} of llama.cpp's server; a conversation is made a ChatML prompt here. */
    COMPLETION {
        @Override
        String path(Prompt prompt) {
            return "/completion";
        }

        @Override
        String body(LoadRequest request) {
            return "{\"prompt\":" + Json.quote(text(request.prompt())) + ",\"n_predict\":" + request.maxTokens()
                    + ",\"temperature\":0,\"stream\":true}";
        }

        @Override
        Optional<String> piece(Json event) {
            // On Hyperion's WebSocket pieces have its own form, and the last event has the whole text once more.
            return event.get("event").isPresent() ? event.text("text") : event.text("content");
        }

        @Override
        OptionalInt promptTokens(Json event) {
            return event.whole("tokens_evaluated");
        }

        @Override
        OptionalInt completionTokens(Json event) {
            return event.whole("tokens_predicted");
        }
    },

    /** {@code /v1/completions} and {@code /v1/chat/completions} of OpenAI. */
    OPENAI {
        @Override
        String path(Prompt prompt) {
            return prompt instanceof Prompt.Chat ? "/v1/chat/completions" : "/v1/completions";
        }

        @Override
        String body(LoadRequest request) {
            String prompt = request.prompt() instanceof Prompt.Chat chat
                    ? "\"messages\":" + messages(chat.messages())
                    : "\"prompt\":" + Json.quote(text(request.prompt()));
            return "{" + prompt + ",\"max_tokens\":" + request.maxTokens()
                    + ",\"temperature\":0,\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
        }

        @Override
        Optional<String> piece(Json event) {
            Optional<Json> choice = event.get("choices").flatMap(Json::first);
            return choice.flatMap(it -> it.text("text"))
                    .or(() -> choice.flatMap(it -> it.get("delta")).flatMap(delta -> delta.text("content")));
        }

        @Override
        OptionalInt promptTokens(Json event) {
            return whole(event.get("usage"), "prompt_tokens");
        }

        @Override
        OptionalInt completionTokens(Json event) {
            return whole(event.get("usage"), "completion_tokens");
        }
    };

    private static final String END = "[DONE]";

    /** {@return where to send a request, after the server's address} */
    abstract String path(Prompt prompt);

    /** {@return the request as JSON} */
    abstract String body(LoadRequest request);

    /** {@return the text of an event; empty if it has none} */
    abstract Optional<String> piece(Json event);

    /** {@return how many tokens the prompt has, where an event tells} */
    abstract OptionalInt promptTokens(Json event);

    /** {@return how many tokens were generated, where an event tells} */
    abstract OptionalInt completionTokens(Json event);

    /**
     * Reads an answer. Both protocols have llama.cpp's {@code timings} in their last events.
     *
     * @param sent when the request was sent
     * @param events all events of the answer
     * @return the completion
     * @throws IOException if the server tells an error, or not how many tokens there were
     */
    Completion read(long sent, List<ReceivedEvent> events) throws IOException {
        StringBuilder text = new StringBuilder();
        List<Long> arrivals = new ArrayList<>();
        OptionalInt promptTokens = OptionalInt.empty();
        OptionalInt completionTokens = OptionalInt.empty();
        OptionalInt evaluatedTokens = OptionalInt.empty();
        for (ReceivedEvent event : events) {
            if (event.data().equals(END)) {
                continue;
            }
            Json json = Json.read(event.data());
            if (event.name().equals("error") || json.get("error").isPresent()) {
                throw new IOException("The server says: " + event.data());
            }
            Optional<String> piece = piece(json).filter(it -> !it.isEmpty());
            if (piece.isPresent()) {
                text.append(piece.get());
                arrivals.add(event.nanos());
            }
            promptTokens = either(promptTokens(json), promptTokens);
            completionTokens = either(completionTokens(json), completionTokens);
            evaluatedTokens = either(whole(json.get("timings"), "prompt_n"), evaluatedTokens);
        }
        if (promptTokens.isEmpty() || completionTokens.isEmpty() || arrivals.isEmpty()) {
            throw new IOException("The answer is no completion of some tokens: "
                    + events.stream().map(ReceivedEvent::data).collect(Collectors.joining(" ")));
        }
        return new Completion(
                text.toString(),
                promptTokens.getAsInt(),
                evaluatedTokens,
                completionTokens.getAsInt(),
                sent,
                arrivals,
                events.get(events.size() - 1).nanos());
    }

    /** {@return a prompt as the text that the model is given, a conversation as ChatML} */
    static String text(Prompt prompt) {
        if (prompt instanceof Prompt.Chat chat) {
            return chat.messages().stream()
                            .map(message -> "<|im_start|>" + message.role().wireName() + "\n" + message.content()
                                    + "<|im_end|>\n")
                            .collect(Collectors.joining())
                    + "<|im_start|>assistant\n";
        }
        return ((Prompt.Raw) prompt).text();
    }

    private static String messages(List<Message> messages) {
        return messages.stream()
                .map(message -> "{\"role\":" + Json.quote(message.role().wireName()) + ",\"content\":"
                        + Json.quote(message.content()) + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static OptionalInt whole(Optional<Json> object, String name) {
        return object.map(it -> it.whole(name)).orElseGet(OptionalInt::empty);
    }

    private static OptionalInt either(OptionalInt one, OptionalInt other) {
        return one.isPresent() ? one : other;
    }
}
