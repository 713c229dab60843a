package io.hyperion.api.remote;

import io.hyperion.api.Completion;
import io.hyperion.api.Embedding;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.LogitBias;
import io.hyperion.api.LoraScale;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.ModelState;
import io.hyperion.api.Parameter;
import io.hyperion.api.Progress;
import io.hyperion.api.RequestOutcome;
import io.hyperion.api.RerankReply;
import io.hyperion.api.Sampler;
import io.hyperion.api.SlotInfo;
import io.hyperion.api.SlotReply;
import io.hyperion.api.Timings;
import io.hyperion.api.TokenProbability;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.ToolCall;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the server's answers say. */
final class Replies {
    /** What stands for a logarithm of nothing, which JSON cannot say. */
    private static final double IMPOSSIBLE = -Float.MAX_VALUE;

    private Replies() {}

    static GenerateReply generate(Answer reply) {
        List<Completion> completions = reply.has("completions")
                ? reply.items("completions").stream().map(Replies::completion).toList()
                : List.of(completion(reply));
        if (completions.isEmpty()) {
            throw reply.foreign("has no completion");
        }
        return new GenerateReply(
                reply.text("model"),
                reply.text("prompt"),
                reply.whole("prompt_tokens"),
                reply.whole("cached_tokens"),
                reply.whole("slot"),
                completions,
                timings(reply.object("timings")));
    }

    private static Completion completion(Answer one) {
        return new Completion(
                one.text("output"),
                one.whole("completion_tokens"),
                one.constant("finish_reason", FinishReason.class),
                one.textIfAny("stop_string"),
                one.truth("truncated"),
                probabilities(one),
                one.wholes("tokens"),
                one.items("tool_calls").stream().map(Replies::toolCall).toList());
    }

    private static ToolCall toolCall(Answer call) {
        Answer function = call.object("function");
        return new ToolCall(call.text("id"), function.text("name"), function.text("arguments"));
    }

    private static List<TokenProbability> probabilities(Answer of) {
        return of.items("completion_probabilities").stream()
                .map(Replies::probability)
                .toList();
    }

    private static TokenProbability probability(Answer token) {
        boolean afterSampling = token.has("prob");
        List<Answer> top = token.items(afterSampling ? "top_probs" : "top_logprobs");
        return new TokenProbability(
                token.whole("id"),
                token.text("token"),
                token.wholes("bytes"),
                afterSampling ? Math.log(token.number("prob")) : logProbability(token.number("logprob")),
                top.stream().map(Replies::probability).toList(),
                afterSampling);
    }

    private static double logProbability(double told) {
        return told <= IMPOSSIBLE ? Double.NEGATIVE_INFINITY : told;
    }

    private static Timings timings(Answer timings) {
        return new Timings(
                millis(timings.number("queue_ms")),
                millis(timings.number("prompt_ms")),
                millis(timings.numberIfAny("predicted_ms").orElse(0)));
    }

    private static Duration millis(double millis) {
        return Duration.ofNanos(Math.round(millis * 1e6));
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    /**
     * A piece of a stream.
     *
     * @param event what came
     * @param completions how many completions were asked for
     * @return a piece of a text or of a tool call
     */
    static GenerateEvent piece(Answer event, int completions) {
        int index = event.index("index");
        Optional<Answer> call = event.objectIfAny("tool_call");
        if (call.isPresent()) {
            Answer piece = call.get();
            return new GenerateEvent.ToolCallPiece(
                    index, piece.index("index"), piece.text("id"), piece.text("name"), piece.text("arguments"));
        }
        return new GenerateEvent.Piece(
                event.text("text"),
                index,
                Math.max(completions, index + 1),
                probabilities(event),
                event.wholes("tokens"),
                event.objectIfAny("timings").map(Replies::progress));
    }

    private static Progress progress(Answer timings) {
        int cached = timings.whole("cache_n");
        return new Progress(timings.whole("prompt_n") + cached, cached, timings.whole("predicted_n"), timings(timings));
    }

    static EmbeddingReply embeddings(Answer reply) {
        return new EmbeddingReply(
                reply.text("model"),
                reply.items("embeddings").stream()
                        .map(one -> new Embedding(
                                one.texts("vectors").stream()
                                        .map(vector -> vector(one, vector))
                                        .toArray(float[][]::new),
                                one.whole("tokens")))
                        .toList(),
                timings(reply.object("timings")));
    }

    private static float[] vector(Answer of, String base64) {
        try {
            ByteBuffer bytes =
                    ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
            float[] vector = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(vector);
            return vector;
        } catch (IllegalArgumentException e) {
            throw of.foreign("has a vector that is no Base64");
        }
    }

    static RerankReply ranking(Answer reply) {
        return new RerankReply(
                reply.text("model"),
                reply.items("results").stream()
                        .map(one -> new RerankReply.Result(one.whole("index"), (float) one.number("relevance_score")))
                        .toList(),
                reply.object("usage").whole("total_tokens"),
                timings(reply.object("timings")));
    }

    static TokenizeReply tokens(Answer reply) {
        return new TokenizeReply(
                reply.text("model"),
                reply.items("tokens").stream()
                        .map(token -> new TokenizeReply.Token(token.whole("id"), piece(token)))
                        .toList());
    }

    /** A text, or the bytes of what is only a part of a character. */
    private static byte[] piece(Answer token) {
        if (!token.isList("piece")) {
            return token.text("piece").getBytes(StandardCharsets.UTF_8);
        }
        List<Integer> bytes = token.wholes("piece");
        byte[] piece = new byte[bytes.size()];
        IntStream.range(0, piece.length).forEach(i -> piece[i] = bytes.get(i).byteValue());
        return piece;
    }

    static ModelInfo model(Answer model) {
        Optional<ModelInfo.Details> details = model.has("architecture")
                ? Optional.of(new ModelInfo.Details(
                        model.text("architecture"),
                        model.textIfAny("title"),
                        model.text("quantization"),
                        model.wholeOfLong("parameters"),
                        model.whole("trained_context_length"),
                        model.whole("vocabulary_size"),
                        model.wholeOfLong("size"),
                        model.truth("chat_template")))
                : Optional.empty();
        return new ModelInfo(
                model.text("name"),
                model.truth("default"),
                state(model),
                model.textIfAny("reason"),
                model.whole("context_size"),
                model.whole("slots"),
                model.textIfAny("file"),
                details,
                description(model),
                life(model),
                model.objectIfAny("memory")
                        .map(memory -> new ModelInfo.Memory(
                                memory.wholeOfLong("weights"),
                                memory.wholeOfLong("cache"),
                                memory.wholeOfLong("compute"),
                                memory.text("device"))),
                model.objectIfAny("progress").map(Replies::progressOfModel),
                model.objectIfAny("defaults")
                        .map(defaults -> parameters(defaults, List.of(Parameter.values())))
                        .orElseGet(GenerateParameters::none));
    }

    /** A newer server may know more states; whether a model of one serves, a request finds out. */
    private static ModelState state(Answer of) {
        String name = of.text("state");
        return Stream.of(ModelState.values())
                .filter(state -> state.wireName().equals(name))
                .findFirst()
                .orElse(ModelState.READY);
    }

    private static ModelInfo.Description description(Answer model) {
        String origin = model.textIfAny("origin").orElse("");
        return new ModelInfo.Description(
                model.textIfAny("description"),
                model.texts("tags"),
                model.texts("aliases"),
                model.textIfAny("operator"),
                model.textIfAny("source"),
                Stream.of(ModelInfo.Origin.values())
                        .filter(one -> one.wireName().equals(origin))
                        .findFirst()
                        .orElse(ModelInfo.Origin.CONFIGURATION));
    }

    /** An older server tells nothing of it. */
    private static ModelInfo.Life life(Answer model) {
        if (!model.has("max_instances")) {
            return ModelInfo.Life.NONE;
        }
        return new ModelInfo.Life(
                model.whole("instances"),
                model.whole("min_instances"),
                model.whole("max_instances"),
                model.numberIfAny("idle_timeout").stream()
                        .mapToObj(Replies::seconds)
                        .findFirst(),
                model.truth("pinned"),
                model.whole("active_requests"),
                model.textIfAny("last_used").map(time -> instant(model, time)));
    }

    private static Instant instant(Answer of, String time) {
        try {
            return Instant.parse(time);
        } catch (DateTimeParseException e) {
            throw of.foreign("has a time that is none");
        }
    }

    static ModelProgress progressOfModel(Answer progress) {
        return new ModelProgress(
                progress.text("model"),
                state(progress),
                progress.numberIfAny("fraction"),
                progress.wholeOfLong("bytes"),
                progress.has("total_bytes")
                        ? OptionalLong.of(progress.wholeOfLong("total_bytes"))
                        : OptionalLong.empty(),
                progress.wholeOfLong("bytes_per_second"),
                progress.numberIfAny("remaining_seconds").stream()
                        .mapToObj(Replies::seconds)
                        .findFirst());
    }

    static ModelFigures figures(Answer figures) {
        Answer counts = figures.object("requests");
        Map<RequestOutcome, Long> requests = new EnumMap<>(RequestOutcome.class);
        for (RequestOutcome outcome : RequestOutcome.values()) {
            String name = outcome.name().toLowerCase(Locale.ROOT);
            if (counts.has(name) && counts.wholeOfLong(name) > 0) {
                requests.put(outcome, counts.wholeOfLong(name));
            }
        }
        return new ModelFigures(
                requests,
                figures.whole("queued"),
                figures.whole("busy_sequences"),
                figures.whole("slots"),
                figures.whole("cached_sequences"),
                figures.whole("used_cells"),
                figures.whole("cells"),
                figures.wholeOfLong("prompt_tokens"),
                figures.wholeOfLong("cached_tokens"),
                figures.wholeOfLong("completion_tokens"),
                seconds(figures.number("prompt_seconds")),
                seconds(figures.number("generation_seconds")),
                figures.wholeOfLong("steps"),
                seconds(figures.number("step_seconds")),
                figures.wholeOfLong("step_sequences"));
    }

    static ModelProperties properties(Answer properties) {
        return new ModelProperties(
                properties.text("model"),
                properties.text("file"),
                properties.text("engine"),
                properties.whole("context_size"),
                properties.whole("request_limit"),
                properties.whole("slots"),
                properties.textIfAny("chat_template"),
                properties.text("begin_token"),
                properties.text("end_token"),
                properties.textIfAny("pooling"),
                parameters(properties.object("defaults"), List.of(Parameter.values())));
    }

    static SlotInfo slot(Answer slot) {
        Optional<SlotInfo.Work> work = slot.truth("is_processing") ? Optional.of(work(slot)) : Optional.empty();
        return new SlotInfo(slot.whole("id"), work);
    }

    private static SlotInfo.Work work(Answer slot) {
        Answer next = slot.object("next_token");
        int remaining = next.whole("n_remain");
        return new SlotInfo.Work(
                "",
                slot.whole("n_prompt_tokens"),
                slot.index("completion"),
                next.whole("n_decoded"),
                remaining < 0 ? OptionalInt.empty() : OptionalInt.of(remaining),
                parameters(
                        slot.object("params"),
                        List.of(Parameter.values()).stream()
                                .filter(Parameter::isScalar)
                                .toList()));
    }

    static SlotReply saved(Answer reply) {
        return moved(reply, "n_saved", "n_written", "save_ms");
    }

    static SlotReply restored(Answer reply) {
        return moved(reply, "n_restored", "n_read", "restore_ms");
    }

    private static SlotReply moved(Answer reply, String tokens, String bytes, String millis) {
        return new SlotReply(
                reply.text("model"),
                reply.whole("id_slot"),
                reply.text("filename"),
                reply.whole(tokens),
                reply.wholeOfLong(bytes),
                millis(reply.object("timings").number(millis)));
    }

    private static GenerateParameters parameters(Answer told, List<Parameter> wanted) {
        GenerateParameters.Builder parameters = GenerateParameters.builder();
        for (Parameter parameter : wanted) {
            String name = parameter.wireName();
            if (told.has(name)) {
                switch (parameter.type()) {
                    case NUMBER -> parameters.set(parameter, told.number(name));
                    case WHOLE -> {
                        // -1 is llama.cpp's way to say that there is none.
                        if (told.wholeOfLong(name) >= parameter.min()) {
                            parameters.set(parameter, told.wholeOfLong(name));
                        }
                    }
                    case BOOLEAN -> parameters.set(parameter, told.truth(name));
                    case TEXT -> parameters.grammar(told.text(name));
                    case LIST -> addList(parameters, parameter, told);
                }
            }
        }
        return parameters.build();
    }

    private static void addList(GenerateParameters.Builder parameters, Parameter parameter, Answer told) {
        String name = parameter.wireName();
        switch (parameter) {
            case STOP -> parameters.stop(told.texts(name));
            case DRY_SEQUENCE_BREAKERS -> parameters.drySequenceBreakers(told.texts(name));
            case SAMPLERS ->
                parameters.samplers(told.texts(name).stream().map(Sampler::of).toList());
            case LORA ->
                parameters.lora(told.items(name).stream()
                        .map(adapter -> new LoraScale(adapter.whole("id"), adapter.number("scale")))
                        .toList());
            case LOGIT_BIAS ->
                parameters.logitBias(
                        told.items(name).stream().map(Replies::bias).toList());
            default -> throw new IllegalArgumentException(parameter + " is no list");
        }
    }

    /** A pair of a token or a text and a bias, or false where it is banned. */
    private static LogitBias bias(Answer pair) {
        if (!(pair.json() instanceof JsonArray list) || list.size() != 2) {
            throw pair.foreign("has a bias that is no pair");
        }
        double bias = list.get(1) instanceof JsonNumber number ? number.doubleValue() : LogitBias.BANNED;
        if (list.get(0) instanceof JsonNumber token) {
            return LogitBias.of(token.intValue(), bias);
        }
        if (list.get(0) instanceof JsonString text) {
            return LogitBias.of(text.getString(), bias);
        }
        throw pair.foreign("has a bias of neither a token nor a text");
    }
}
