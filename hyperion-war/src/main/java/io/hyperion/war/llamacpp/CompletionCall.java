package io.hyperion.war.llamacpp;

import io.hyperion.api.Completion;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.Prompt;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.PieceDetails;
import io.hyperion.war.wire.Probabilities;
import io.hyperion.war.wire.TimingFields;
import io.hyperion.war.wire.WireCall;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A {@code completion} or {@code infill} request, and how its results are told.
 *
 * @param client the caller's way to the models
 * @param session what is remembered of the caller
 * @param requests one for each prompt
 * @param prompts the prompts as they were sent, without what the session puts before them
 * @param stream whether pieces are wanted
 * @param responseFields which fields of the results are
 */
record CompletionCall(
        HyperionClient client,
        Session session,
        List<GenerateRequest> requests,
        List<Prompt> prompts,
        Optional<Boolean> stream,
        ResponseFields responseFields)
        implements WireCall {
    @Override
    public JsonObject piece(int generation, GenerateEvent piece) {
        JsonObjectBuilder event = Json.object();
        if (piece instanceof GenerateEvent.Piece text) {
            event.add("content", text.text());
        }
        event.add("stop", false);
        PieceDetails.add(event, this, generation, piece);
        return event.build();
    }

    /** {@return the only result, or a list of all} */
    @Override
    public JsonValue reply(List<GenerateReply> replies) {
        List<JsonObject> results = results(replies, false);
        if (results.size() == 1) {
            return results.get(0);
        }
        JsonArrayBuilder list = Json.list();
        results.forEach(list::add);
        return list.build();
    }

    @Override
    public List<JsonObject> streamEnd(List<GenerateReply> replies) {
        return results(replies, true);
    }

    private List<JsonObject> results(List<GenerateReply> replies, boolean streamed) {
        for (int i = 0; i < replies.size(); i++) {
            session.answered(requests.get(i).model(), replies.get(i));
        }
        return IntStream.range(0, replies.size())
                .mapToObj(i -> responseFields.select(result(i, replies.get(i), streamed)))
                .toList();
    }

    /** The first completion's fields are the result's own; if there are more, all are in a list too. */
    private JsonObject result(int index, GenerateReply reply, boolean streamed) {
        ModelProperties properties = client.properties(Optional.of(reply.model()));
        int room = properties.requestLimit() - reply.promptTokens();
        JsonObjectBuilder result = Json.object().add("index", index);
        add(result, reply.completion(), room, streamed);
        result.add("model", reply.model())
                .add("prompt", prompts.get(index) instanceof Prompt.Raw raw ? raw.text() : reply.prompt())
                .add("id_slot", reply.slot())
                .add("slot_id", reply.slot())
                .add("tokens_evaluated", reply.promptTokens())
                .add("tokens_cached", reply.cachedTokens())
                .add(
                        "generation_settings",
                        GenerationSettings.of(requests.get(index).parameters(), properties)
                                .add("stream", stream.orElse(false)))
                .add("timings", TimingFields.of(reply));
        if (reply.completions().size() > 1) {
            JsonArrayBuilder completions = Json.list();
            for (int i = 0; i < reply.completions().size(); i++) {
                JsonObjectBuilder completion = Json.object().add("index", i);
                add(completion, reply.completions().get(i), room, streamed);
                completions.add(completion);
            }
            result.add("completions", completions);
        }
        return result.build();
    }

    private static void add(JsonObjectBuilder result, Completion completion, int room, boolean streamed) {
        boolean hitLength = completion.finishReason() == FinishReason.LENGTH;
        boolean hitWord = completion.stopString().isPresent();
        boolean ended = completion.finishReason() == FinishReason.STOP && !hitWord;
        result.add("content", streamed ? "" : completion.text())
                .add("tokens", Json.numbers(streamed ? List.of() : completion.tokenIds()))
                .add("stop", true)
                .add("stop_type", ended ? "eos" : hitWord ? "word" : hitLength ? "limit" : "none")
                .add("stopped_eos", ended)
                .add("stopped_limit", hitLength)
                .add("stopped_word", hitWord)
                .add("stopping_word", completion.stopString().orElse(""))
                .add("has_new_line", completion.text().indexOf('\n') >= 0)
                .add("tokens_predicted", completion.tokens())
                .add("truncated", completion.truncated() || hitLength && completion.tokens() >= room);
        if (!streamed && !completion.probabilities().isEmpty()) {
            result.add("completion_probabilities", Probabilities.list(completion.probabilities()));
        }
    }
}
