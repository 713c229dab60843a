package io.hyperion.api.bridge;

import io.hyperion.api.Completion;
import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.Embedding;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.LogitBias;
import io.hyperion.api.LoraScale;
import io.hyperion.api.Message;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.ModelState;
import io.hyperion.api.Parameter;
import io.hyperion.api.Progress;
import io.hyperion.api.Prompt;
import io.hyperion.api.RequestOutcome;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.ResponseFormat;
import io.hyperion.api.Role;
import io.hyperion.api.Sampler;
import io.hyperion.api.SlotInfo;
import io.hyperion.api.SlotReply;
import io.hyperion.api.Timings;
import io.hyperion.api.TokenProbability;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolCall;
import io.hyperion.api.ToolChoice;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Requests and replies in which nothing is what it would be if it were forgotten. */
final class Samples {
    static final GenerateParameters ALL_PARAMETERS = allParameters();
    static final Map<String, Object> JSON = json();
    static final ToolCall CALL = new ToolCall("call-1", "weather", "{\"city\":\"Bonn\"}");
    static final Tool TOOL = new Tool("weather", "Tells the weather", JSON);
    static final Message CALLING = Message.assistant("let me see", List.of(CALL));
    static final Message RESULT =
            new Message(Role.TOOL, "rain", List.of(), Optional.of("call-1"), Optional.of("weather"));
    static final GenerateRequest GENERATE = everything(
            new Prompt.Chat(List.of(Message.system("Be brief"), CALLING, RESULT)),
            new ToolChoice.Named("weather"),
            new ResponseFormat.JsonSchema(JSON));
    static final List<Prompt> PROMPTS = List.of(
            new Prompt.Chat(Arrays.stream(Role.values())
                    .map(role -> new Message(role, "says " + role))
                    .toList()),
            new Prompt.Raw("as it is"),
            new Prompt.Mixed(List.of(new Prompt.Part.Text("text"), new Prompt.Part.Tokens(List.of(7, 8)))),
            new Prompt.Infill("before", "behind", "begin", List.of(new Prompt.Extra("A.java", "class A {}"))));
    static final List<ToolChoice> CHOICES =
            List.of(ToolChoice.AUTO, ToolChoice.NONE, ToolChoice.REQUIRED, new ToolChoice.Named("weather"));
    static final List<ResponseFormat> FORMATS =
            List.of(ResponseFormat.TEXT, ResponseFormat.JSON_OBJECT, new ResponseFormat.JsonSchema(JSON));

    static final Timings TIMINGS = new Timings(Duration.ofNanos(1), Duration.ofMillis(2), Duration.ofSeconds(3));
    static final TokenProbability PROBABILITY = new TokenProbability(
            5,
            "ä",
            List.of(195, 164),
            -0.25,
            List.of(new TokenProbability(6, "b", List.of(98), Double.NEGATIVE_INFINITY, List.of(), true)),
            true);
    static final Completion COMPLETION = new Completion(
            "text",
            4,
            FinishReason.TOOL_CALLS,
            Optional.of("\n\n"),
            true,
            List.of(PROBABILITY),
            List.of(5),
            List.of(CALL));
    static final GenerateReply REPLY = new GenerateReply("m", "the prompt", 9, 8, 3, List.of(COMPLETION), TIMINGS);
    static final GenerateEvent.Piece PIECE = new GenerateEvent.Piece(
            "piece", 1, 2, List.of(PROBABILITY), List.of(5), Optional.of(new Progress(9, 8, 7, TIMINGS)));
    static final GenerateEvent.ToolCallPiece CALL_PIECE =
            new GenerateEvent.ToolCallPiece(1, 2, "call-1", "weather", "{");

    static final TokenizeRequest TOKENIZE = new TokenizeRequest(Optional.of("m"), "text", true, true);
    static final TokenizeReply TOKENS =
            new TokenizeReply("m", List.of(new TokenizeReply.Token(5, new byte[] {(byte) 0xC3})));
    static final DetokenizeRequest DETOKENIZE = new DetokenizeRequest(Optional.of("m"), List.of(5, 6));
    static final EmbeddingRequest EMBED = EmbeddingRequest.builder()
            .model("m")
            .text("a dog")
            .tokens(List.of(5, 6))
            .normalize(false)
            .timeout(Duration.ofSeconds(9))
            .build();
    static final EmbeddingReply EMBEDDINGS =
            new EmbeddingReply("m", List.of(new Embedding(new float[][] {{0.5f, -1}, {2, 3}}, 2)), TIMINGS);
    static final RerankRequest RERANK = RerankRequest.builder()
            .model("m")
            .query("which?")
            .document("this")
            .document("that")
            .topN(1)
            .timeout(Duration.ofSeconds(9))
            .build();
    static final RerankReply SCORES = new RerankReply("m", List.of(new RerankReply.Result(1, -0.75f)), 11, TIMINGS);
    static final SlotReply SAVED = new SlotReply("m", 2, "file.bin", 12, 1L << 40, Duration.ofMillis(5));
    static final SlotInfo SLOT =
            new SlotInfo(2, Optional.of(new SlotInfo.Work("the prompt", 9, 1, 4, OptionalInt.of(60), ALL_PARAMETERS)));
    static final ModelInfo INFO = new ModelInfo(
            "m",
            true,
            ModelState.FAILED,
            Optional.of("its file is damaged"),
            4096,
            4,
            Optional.of("m.gguf"),
            Optional.of(new ModelInfo.Details(
                    "llama", Optional.of("Tiny"), "Q4_K_M", 1L << 40, 8192, 32_000, 1L << 41, true)),
            new ModelInfo.Description(
                    Optional.of("Small talk."),
                    List.of("tiny", "chat"),
                    List.of("m-q4"),
                    Optional.of("Somebody"),
                    Optional.of("hf:somebody/m:Q4_K_M"),
                    ModelInfo.Origin.ADDED),
            new ModelInfo.Life(
                    2,
                    1,
                    3,
                    Optional.of(Duration.ofMinutes(5)),
                    true,
                    7,
                    Optional.of(Instant.ofEpochSecond(1_000_000))),
            Optional.of(new ModelInfo.Memory(1L << 41, 1L << 33, 1L << 32, "CPU")),
            Optional.of(new ModelProgress(
                    "m",
                    ModelState.DOWNLOADING,
                    OptionalDouble.of(0.5),
                    1L << 40,
                    OptionalLong.of(1L << 41),
                    1 << 20,
                    Optional.of(Duration.ofDays(1)))),
            GenerateParameters.builder().temperature(0.25).build());
    static final ModelProperties PROPERTIES = new ModelProperties(
            "m",
            "m.gguf",
            "llama.cpp b4916",
            4096,
            1024,
            4,
            Optional.of("{{ messages }}"),
            "<s>",
            "</s>",
            Optional.of("mean"),
            ALL_PARAMETERS);
    static final ModelFigures FIGURES = figures();

    private Samples() {}

    static GenerateRequest everything(Prompt prompt, ToolChoice choice, ResponseFormat format) {
        GenerateRequest.Builder builder = GenerateRequest.builder()
                .model("m")
                .prompt(prompt)
                // A grammar and a form exclude each other; that it crosses, the parameters' own sample shows.
                .parameters(withoutGrammar())
                .template("chatml")
                .timeout(Duration.ofSeconds(9))
                .caller("somebody")
                .parallelToolCalls(false)
                .responseFormat(format);
        if (prompt instanceof Prompt.Chat) {
            builder.tools(List.of(TOOL)).toolChoice(choice);
        }
        JSON.forEach(builder::templateVariable);
        return builder.build();
    }

    private static GenerateParameters withoutGrammar() {
        return scalars(GenerateParameters.builder()).temperature(0.5).build();
    }

    private static GenerateParameters allParameters() {
        return scalars(GenerateParameters.builder())
                .grammar("root ::= \"a\"")
                .drySequenceBreakers(List.of(".", "!"))
                .samplers(List.of(Sampler.values()))
                .stop(List.of("END"))
                .logitBias(List.of(LogitBias.of(5, -1.5), LogitBias.of("word", LogitBias.BANNED)))
                .lora(List.of(new LoraScale(1, 0.5)))
                .build();
    }

    /** All that have a range, each the largest that it may be. */
    private static GenerateParameters.Builder scalars(GenerateParameters.Builder builder) {
        for (Parameter parameter : Parameter.values()) {
            switch (parameter.type()) {
                case NUMBER -> builder.set(parameter, parameter.max());
                case WHOLE -> builder.set(parameter, (long) parameter.max());
                case BOOLEAN -> builder.set(parameter, true);
                case TEXT, LIST -> {
                    // Each has a method of its own.
                }
            }
        }
        return builder;
    }

    private static Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("text", "a");
        json.put("truth", true);
        json.put("whole", 7);
        json.put("large", new BigInteger("123456789012345678901234567890"));
        json.put("exact", new BigDecimal("0.10"));
        json.put("nothing", null);
        json.put("list", new ArrayList<>(Arrays.asList("a", null, 0.5, Map.of("deep", List.of(1)))));
        return json;
    }

    private static ModelFigures figures() {
        Map<RequestOutcome, Long> requests = new EnumMap<>(RequestOutcome.class);
        for (RequestOutcome outcome : RequestOutcome.values()) {
            requests.put(outcome, 100L + outcome.ordinal());
        }
        return new ModelFigures(
                requests,
                1,
                2,
                3,
                4,
                5,
                6,
                1L << 40,
                1L << 41,
                1L << 42,
                Duration.ofSeconds(7),
                Duration.ofSeconds(8),
                1L << 43,
                Duration.ofSeconds(9),
                1L << 44);
    }
}
