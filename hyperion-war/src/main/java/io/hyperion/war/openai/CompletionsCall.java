package io.hyperion.war.openai;

import io.hyperion.api.Completion;
import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.Parameter;
import io.hyperion.api.Prompt;
import io.hyperion.api.TokenProbability;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.TimingFields;
import io.hyperion.war.wire.WireCall;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * The completions of one request, and how they are told: those of the first prompt come first, then those of the second. A stream is told
 * by one thread.
 */
final class CompletionsCall implements WireCall {
    private static final String KIND = "text_completion";

    private final HyperionClient client;
    private final List<GenerateRequest> requests;
    private final Optional<Boolean> stream;
    private final Envelope envelope;
    private final boolean includeUsage;
    private final boolean echo;
    private final OptionalInt alternatives;
    private final int each;

    /** How many characters of each choice a stream has told, where it tells probabilities. */
    private final int[] told;

    /**
     * @param client the caller's way to the models
     * @param requests what to generate, for each prompt
     * @param stream whether as a stream
     * @param envelope what all events have in common
     * @param includeUsage whether a stream tells at its end how many tokens there were
     * @param echo whether a text begins with its prompt
     * @param alternatives of how many other tokens the probabilities are told; empty if none are told at all
     */
    CompletionsCall(
            HyperionClient client,
            List<GenerateRequest> requests,
            Optional<Boolean> stream,
            Envelope envelope,
            boolean includeUsage,
            boolean echo,
            OptionalInt alternatives) {
        this.client = client;
        this.requests = List.copyOf(requests);
        this.stream = stream;
        this.envelope = envelope;
        this.includeUsage = includeUsage;
        this.echo = echo;
        this.alternatives = alternatives;
        this.each = requests.get(0).parameters().n().orElse(1);
        this.told = new int[requests.size() * each];
    }

    @Override
    public List<GenerateRequest> requests() {
        return requests;
    }

    @Override
    public Optional<Boolean> stream() {
        return stream;
    }

    @Override
    public JsonObject reply(List<GenerateReply> replies) {
        JsonArrayBuilder choices = Json.list();
        for (int i = 0; i < replies.size(); i++) {
            String before = echo ? text(requests.get(i).prompt()) : "";
            int index = i * each;
            for (Completion completion : replies.get(i).completions()) {
                choices.add(choice(
                        index++,
                        before + completion.text(),
                        logprobs(completion.probabilities(), 0),
                        finishReason(completion)));
            }
        }
        JsonObjectBuilder reply = envelope.told(KIND, choices).add("usage", Envelope.usage(replies));
        return addTimings(reply, replies).build();
    }

    @Override
    public List<JsonObject> streamBegin() {
        List<JsonObject> events = new ArrayList<>();
        for (int i = 0; echo && i < requests.size(); i++) {
            String before = text(requests.get(i).prompt());
            for (int j = 0; j < each; j++) {
                events.add(event(i * each + j, before, JsonValue.NULL, JsonValue.NULL)
                        .build());
            }
        }
        return events;
    }

    @Override
    public JsonObject piece(int generation, GenerateEvent piece) {
        GenerateEvent.Piece text = (GenerateEvent.Piece) piece;
        int index = generation * each + text.completion();
        JsonObjectBuilder event =
                event(index, text.text(), logprobs(text.probabilities(), told[index]), JsonValue.NULL);
        told[index] += Logprobs.length(text.probabilities());
        text.progress().ifPresent(progress -> event.add("timings", TimingFields.of(progress)));
        return event.build();
    }

    @Override
    public List<JsonObject> streamEnd(List<GenerateReply> replies) {
        List<JsonObject> events = new ArrayList<>();
        for (int i = 0; i < replies.size(); i++) {
            List<Completion> completions = replies.get(i).completions();
            for (int j = 0; j < completions.size(); j++) {
                JsonObjectBuilder event = event(i * each + j, "", JsonValue.NULL, finishReason(completions.get(j)));
                boolean last = i + 1 == replies.size() && j + 1 == completions.size();
                events.add((last ? addTimings(event, replies) : event).build());
            }
        }
        if (includeUsage) {
            events.add(envelope.told(KIND, Json.list())
                    .add("usage", Envelope.usage(replies))
                    .build());
        }
        return events;
    }

    private JsonObjectBuilder event(int index, String text, JsonValue logprobs, JsonValue finishReason) {
        return envelope.event(KIND, choice(index, text, logprobs, finishReason), includeUsage);
    }

    private static JsonObjectBuilder choice(int index, String text, JsonValue logprobs, JsonValue finishReason) {
        return Json.object()
                .add("index", index)
                .add("text", text)
                .add("logprobs", logprobs)
                .add("finish_reason", finishReason);
    }

    /** The time of the prompt that took longest, since all of them run at once. */
    private JsonObjectBuilder addTimings(JsonObjectBuilder target, List<GenerateReply> replies) {
        if (requests.get(0).parameters().truth(Parameter.TIMINGS_PER_TOKEN)) {
            GenerateReply longest = replies.stream()
                    .max((a, b) -> a.timings().total().compareTo(b.timings().total()))
                    .orElseThrow();
            target.add("timings", TimingFields.of(longest));
        }
        return target;
    }

    private JsonValue logprobs(List<TokenProbability> tokens, int offset) {
        return tokens.isEmpty() || alternatives.isEmpty()
                ? JsonValue.NULL
                : Logprobs.completion(tokens, alternatives.getAsInt(), offset);
    }

    /** The prompt as text. Of tokens only the model knows it, which has them already and need not be waited for. */
    private String text(Prompt prompt) {
        if (prompt instanceof Prompt.Raw raw) {
            return raw.text();
        }
        if (prompt instanceof Prompt.Infill infill) {
            return infill.prefix();
        }
        return ((Prompt.Mixed) prompt).parts().stream().map(this::text).collect(Collectors.joining());
    }

    private String text(Prompt.Part part) {
        if (part instanceof Prompt.Part.Tokens tokens) {
            return client.detokenize(new DetokenizeRequest(requests.get(0).model(), tokens.ids()));
        }
        return ((Prompt.Part.Text) part).text();
    }

    private static JsonValue finishReason(Completion completion) {
        return Json.value(completion.finishReason() == FinishReason.STOP ? "stop" : "length");
    }
}
