package io.hyperion.war.hyperion;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.hyperion.api.Completion;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
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
import io.hyperion.api.ResponseFormat;
import io.hyperion.api.Role;
import io.hyperion.api.Sampler;
import io.hyperion.api.Timings;
import io.hyperion.api.TokenProbability;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolCall;
import io.hyperion.api.ToolChoice;
import io.hyperion.api.remote.RemoteClient;
import io.hyperion.war.json.JsonInput;
import io.hyperion.war.wire.WireCall;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Between a remote client and the server")
class RemoteRoundTripTests {
    private static final Timings TIMINGS =
            new Timings(Duration.ofNanos(123_456), Duration.ofMillis(7), Duration.ofNanos(9_876_543_210L));

    private static final TokenProbability TOKEN = new TokenProbability(
            7,
            "a\uFFFD",
            List.of(97, 255),
            -0.25,
            List.of(
                    new TokenProbability(8, "b", List.of(98), -3, List.of()),
                    new TokenProbability(9, "c", List.of(99), Double.NEGATIVE_INFINITY, List.of())));

    /** Every parameter there is, none with its default. */
    private static GenerateParameters all() {
        GenerateParameters.Builder all = GenerateParameters.builder()
                .grammar("root ::= \"a\"")
                .stop(List.of("x", "ü\n"))
                .drySequenceBreakers(List.of("\n", "\""))
                .samplers(List.of(Sampler.TEMPERATURE, Sampler.TOP_K))
                .lora(List.of(new LoraScale(0, 0.5), new LoraScale(1, -2)))
                .logitBias(List.of(LogitBias.of(7, 1.5), LogitBias.of("a", -3), LogitBias.of(8, LogitBias.BANNED)));
        for (Parameter parameter : Parameter.values()) {
            switch (parameter.type()) {
                case NUMBER -> all.set(parameter, parameter == Parameter.TOP_P ? 0.5 : parameter.max() / 3);
                case WHOLE -> all.set(parameter, (long) Math.min(2, parameter.max()));
                case BOOLEAN -> all.set(parameter, parameter.fallback().orElse(0.0) == 0);
                case TEXT, LIST ->
                    assertThat(all.build().has(parameter))
                            .as(parameter.wireName())
                            .isTrue();
            }
        }
        return all.build();
    }

    static List<GenerateRequest> requests() {
        Tool tool = new Tool("weather", "Tells it", Map.of("type", "object", "n", Arrays.asList(1L, 2.5, null, true)));
        GenerateRequest chat = GenerateRequest.builder()
                .model("tiny")
                .messages(List.of(
                        Message.system("Be\tbrief \"now\""),
                        new Message(Role.DEVELOPER, "x"),
                        Message.user("Wie heißt Ü? 🐕"),
                        Message.assistant("", List.of(new ToolCall("1", "weather", "{\"a\":1}"))),
                        Message.tool(new ToolCall("1", "weather", "{}"), "rain"),
                        new Message(Role.TOOL, "y", List.of(), Optional.empty(), Optional.empty())))
                .template("chatml")
                .templateVariable("enable", false)
                .templateVariable("deep", Map.of("a", Arrays.asList("b", null)))
                .tools(List.of(tool))
                .toolChoice(new ToolChoice.Named("weather"))
                .parallelToolCalls(false)
                .timeout(Duration.ofMillis(1500))
                .build();
        return List.of(
                chat,
                chat.toBuilder()
                        .toolChoice(ToolChoice.REQUIRED)
                        .timeout(Duration.ofDays(1))
                        .build(),
                chat.toBuilder()
                        .toolChoice(ToolChoice.NONE)
                        .timeout(Duration.ofNanos(1_000))
                        .build(),
                chat.toBuilder()
                        .toolChoice(ToolChoice.AUTO)
                        .parallelToolCalls(true)
                        .build(),
                GenerateRequest.builder().prompt("Once").parameters(all()).build(),
                GenerateRequest.builder()
                        .prompt("Once")
                        .responseFormat(ResponseFormat.JSON_OBJECT)
                        .build(),
                GenerateRequest.builder()
                        .prompt("Once")
                        .stop()
                        .responseFormat(new ResponseFormat.JsonSchema(Map.of("enum", Arrays.asList("a", null))))
                        .build(),
                GenerateRequest.builder()
                        .prompt(new Prompt.Mixed(List.of(
                                new Prompt.Part.Text(""),
                                new Prompt.Part.Tokens(List.of(1, 2)),
                                new Prompt.Part.Text("a"))))
                        .build(),
                GenerateRequest.builder()
                        .prompt(new Prompt.Infill("a", "b", "c", List.of(new Prompt.Extra("d", "e"))))
                        .build());
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("requests")
    @DisplayName("a request arrives as it was sent, with all that it has")
    void requests(GenerateRequest sent) throws IOException {
        List<GenerateRequest> arrived = new ArrayList<>();
        try (Wire wire = new Wire(body -> {
            WireCall call = GenerateFormat.INSTANCE.read(JsonInput.object(body));
            arrived.addAll(call.requests());
            return "event: done\ndata: " + call.reply(List.of(reply())) + "\n\n";
        })) {
            wire.client.generate(sent);
        }
        GenerateRequest got = arrived.get(0);

        assertThat(got.model()).isEqualTo(sent.model());
        assertThat(got.prompt()).isEqualTo(sent.prompt());
        assertThat(got.parameters()).isEqualTo(sent.parameters());
        assertThat(got.template()).isEqualTo(sent.template());
        assertThat(got.templateVariables()).isEqualTo(sent.templateVariables());
        assertThat(got.timeout()).isEqualTo(sent.timeout());
        assertThat(got.tools()).isEqualTo(sent.tools());
        assertThat(got.toolChoice()).isEqualTo(sent.toolChoice());
        assertThat(got.parallelToolCalls()).isEqualTo(sent.parallelToolCalls());
        assertThat(got.responseFormat()).isEqualTo(sent.responseFormat());
    }

    private static GenerateReply reply(Completion... completions) {
        return new GenerateReply(
                "tiny",
                "<p>Ü",
                12,
                4,
                3,
                completions.length == 0
                        ? List.of(new Completion("a", 1, FinishReason.STOP, Optional.empty(), false, List.of()))
                        : List.of(completions),
                TIMINGS);
    }

    static List<GenerateReply> replies() {
        Completion full = new Completion(
                "Hi \"there\"\n🐕",
                5,
                FinishReason.TOOL_CALLS,
                Optional.of("\n"),
                true,
                List.of(TOKEN),
                List.of(7, 2),
                List.of(new ToolCall("1", "weather", "{\"a\":\"ü\"}")));
        Completion cancelled = new Completion("", 0, FinishReason.CANCELLED, Optional.empty(), false, List.of());
        return List.of(reply(), reply(full), reply(cancelled), reply(full, cancelled));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("replies")
    @DisplayName("a reply arrives as it was given, with all that it has")
    void replies(GenerateReply given) throws IOException {
        try (Wire wire = new Wire(body -> "event: done\ndata: "
                + GenerateFormat.INSTANCE.read(JsonInput.object(body)).reply(List.of(given)) + "\n\n")) {
            assertThat(wire.client.generate(
                            GenerateRequest.builder().prompt("x").build()))
                    .isEqualTo(given);
        }
    }

    @Test
    @DisplayName("the pieces of a stream arrive as they were given")
    void pieces() throws IOException {
        List<GenerateEvent> given = List.of(
                new GenerateEvent.Piece(
                        "a\nü", 1, 2, List.of(TOKEN), List.of(7, 8), Optional.of(new Progress(10, 6, 5, TIMINGS))),
                new GenerateEvent.ToolCallPiece(0, 1, "1", "weather", "{\""),
                new GenerateEvent.Piece("", 0, 2, List.of(), List.of(9), Optional.empty()));
        List<GenerateEvent> got = new ArrayList<>();
        CompletableFuture<GenerateReply> end = new CompletableFuture<>();
        try (Wire wire = new Wire(body -> {
            WireCall call = GenerateFormat.INSTANCE.read(JsonInput.object(body));
            StringBuilder events = new StringBuilder();
            given.forEach(piece -> events.append("event: token\ndata: ")
                    .append(call.piece(0, piece))
                    .append("\n\n"));
            return events + "event: done\ndata: " + call.reply(List.of(reply())) + "\n\n";
        })) {
            GenerateRequest two = GenerateRequest.builder()
                    .prompt("x")
                    .parameters(GenerateParameters.builder().n(2).build())
                    .build();
            wire.client.stream(two, new GenerateListener() {
                @Override
                public void onPiece(GenerateEvent.Piece piece) {
                    got.add(piece);
                }

                @Override
                public void onText(String text) {
                    throw new AssertionError("onPiece hears of it");
                }

                @Override
                public void onToolCall(GenerateEvent.ToolCallPiece piece) {
                    got.add(piece);
                }

                @Override
                public void onDone(GenerateReply whole) {
                    end.complete(whole);
                }

                @Override
                public void onError(HyperionException error) {
                    end.completeExceptionally(error);
                }
            });
            end.orTimeout(20, TimeUnit.SECONDS).join();
        }
        assertThat(got).isEqualTo(given);
    }

    @Test
    @DisplayName("models, their properties and their figures arrive as they are")
    void models() throws IOException {
        ModelInfo.Details details = new ModelInfo.Details(
                "llama", Optional.of("Tiny"), "Q8_0", 5_000_000_000L, 1024, 1345, 6_000_000_000L, true);
        ModelInfo model = new ModelInfo(
                "a b", true, ModelState.FAILED, Optional.of("why"), 10, 2, Optional.of("a.gguf"), Optional.of(details));
        ModelInfo bare =
                new ModelInfo("c", false, ModelState.READY, Optional.empty(), 0, 1, Optional.empty(), Optional.empty());
        ModelInfo full = new ModelInfo(
                "d",
                false,
                ModelState.DOWNLOADING,
                Optional.empty(),
                10,
                2,
                Optional.of("a.gguf"),
                Optional.of(details),
                new ModelInfo.Description(
                        Optional.of("Writes \"stories\""),
                        List.of("stories", "small"),
                        List.of("e", "f"),
                        Optional.of("us"),
                        Optional.of("hf:a/b:Q4_K_M"),
                        ModelInfo.Origin.ADDED),
                new ModelInfo.Life(
                        1, 1, 3, Optional.of(Duration.ofMillis(1500)), true, 7, Optional.of(Instant.ofEpochMilli(1))),
                Optional.of(new ModelInfo.Memory(1L << 40, 1L << 33, 1L << 32, "CPU")),
                Optional.of(new ModelProgress(
                        "d",
                        ModelState.DOWNLOADING,
                        OptionalDouble.of(0.5),
                        1L << 39,
                        OptionalLong.of(1L << 40),
                        1 << 20,
                        Optional.of(Duration.ofMillis(524_288_125)))),
                all());
        ModelProperties properties = new ModelProperties(
                "tiny", "a.gguf", "llama.cpp", 10, 5, 2, Optional.of("{{ x }}"), "<s>", "", Optional.of("mean"), all());
        ModelFigures figures = new ModelFigures(
                Map.of(RequestOutcome.TIMED_OUT, 5_000_000_000L, RequestOutcome.BUSY, 1L),
                1,
                2,
                3,
                4,
                5,
                6,
                7_000_000_000L,
                8,
                9,
                Duration.ofNanos(10_000_000_001L),
                Duration.ofMillis(11),
                12,
                Duration.ofSeconds(13),
                14);

        assertAnswered(
                ModelsFormat.list(List.of(model, bare, full)), HyperionClient::models, List.of(model, bare, full));
        assertAnswered(ModelsFormat.one(model), client -> client.model("a b"), model);
        assertAnswered(PropertiesResource.told(properties), client -> client.properties(Optional.empty()), properties);
        assertAnswered(FiguresFormat.one(figures), client -> client.figures("a b"), figures);
    }

    private static void assertAnswered(JsonObject answer, Function<HyperionClient, Object> question, Object expected)
            throws IOException {
        try (Wire wire = new Wire(body -> answer.toString())) {
            assertThat(question.apply(wire.client)).isEqualTo(expected);
        }
    }

    /** A client, and a server that answers it by the server's own code. */
    private static final class Wire implements AutoCloseable {
        private final HttpServer server;
        private final RemoteClient client;

        Wire(Function<String, String> answers) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                byte[] answer = answers.apply(body).getBytes(StandardCharsets.UTF_8);
                boolean streams = exchange.getRequestURI().getPath().equals("/generate");
                exchange.getResponseHeaders().add("Content-Type", streams ? "text/event-stream" : "application/json");
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            server.start();
            client = HyperionClient.builder()
                    .uri(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                    .build();
        }

        @Override
        public void close() {
            client.close();
            server.stop(0);
        }
    }
}
