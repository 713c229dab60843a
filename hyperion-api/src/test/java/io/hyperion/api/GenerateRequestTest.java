package io.hyperion.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A generate request")
class GenerateRequestTest {
    @Test
    @DisplayName("holds a conversation and what else is wanted")
    void holdsWhatWasSaid() {
        GenerateRequest request = GenerateRequest.builder()
                .model("tiny")
                .system("You are Luna.")
                .user("Hello")
                .temperature(0.5)
                .maxTokens(7)
                .stop("END")
                .template("chatml")
                .templateVariable("add_generation_prompt", true)
                .timeout(Duration.ofSeconds(3))
                .build();
        assertThat(request.model()).contains("tiny");
        assertThat(request.prompt())
                .isEqualTo(new Prompt.Chat(List.of(Message.system("You are Luna."), Message.user("Hello"))));
        assertThat(request.parameters().temperature()).isEqualTo(OptionalDouble.of(0.5));
        assertThat(request.parameters().maxTokens()).isEqualTo(OptionalInt.of(7));
        assertThat(request.parameters().stop()).containsExactly("END");
        assertThat(request.template()).contains("chatml");
        assertThat(request.templateVariables()).containsEntry("add_generation_prompt", true);
        assertThat(request.timeout()).contains(Duration.ofSeconds(3));
    }

    @Test
    @DisplayName("has either messages or a prompt")
    void eitherMessagesOrPrompt() {
        assertThatThrownBy(() -> GenerateRequest.builder().build())
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.MISSING_FIELD));
        assertThatThrownBy(() -> GenerateRequest.builder().user("a").prompt("b").build())
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.CONFLICT));
        assertThatThrownBy(() -> GenerateRequest.builder().messages(List.of()).build())
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.EMPTY_PROMPT));
        assertThatThrownBy(() -> GenerateRequest.builder().prompt("").build())
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.EMPTY_PROMPT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0000b", "\uD800", "x\uDC00", "\uD83D\uD83D"})
    @DisplayName("refuses text that a model cannot be given")
    void refusesInvalidText(String text) {
        Stream.<Consumer<GenerateRequest.Builder>>of(
                        builder -> builder.user(text),
                        builder -> builder.prompt(text).build(),
                        builder -> builder.prompt("a").stop(text).build())
                .forEach(fill -> assertThatThrownBy(() -> fill.accept(GenerateRequest.builder()))
                        .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.code())
                                .isEqualTo(ErrorCode.INVALID_TEXT)));
    }

    static Stream<Arguments> outOfRange() {
        return Stream.<Object[]>of(
                        of("temperature", b -> b.temperature(-0.1)),
                        of("temperature", b -> b.temperature(Double.NaN)),
                        of("temperature", b -> b.temperature(Double.POSITIVE_INFINITY)),
                        of("top_p", b -> b.topP(0)),
                        of("top_p", b -> b.topP(1.01)),
                        of("min_p", b -> b.minP(-1)),
                        of("top_k", b -> b.topK(-1)),
                        of("max_tokens", b -> b.maxTokens(-1)),
                        of("seed", b -> b.seed(-1)),
                        of("seed", b -> b.seed(1L << 32)),
                        of("logit_bias", b -> b.logitBias(Collections.nCopies(4097, LogitBias.of(1, 1)))),
                        of("logit_bias", b -> LogitBias.of(-1, 1)),
                        of("logit_bias", b -> LogitBias.of(1, Double.NaN)),
                        of("logit_bias", b -> LogitBias.of(1, Double.POSITIVE_INFINITY)),
                        of("logit_bias", b -> LogitBias.of(1, 10_001)),
                        of("logit_bias", b -> LogitBias.of("", 1)),
                        of("logit_bias", b -> LogitBias.of("x".repeat(1025), 1)),
                        of(
                                "lora",
                                b -> b.lora(IntStream.range(0, 65)
                                        .mapToObj(id -> new LoraScale(id, 1))
                                        .toList())),
                        of("lora", b -> new LoraScale(-1, 1)),
                        of("lora", b -> new LoraScale(0, Double.NaN)),
                        of("lora", b -> new LoraScale(0, -1001)),
                        of("dry_sequence_breakers", b -> b.drySequenceBreakers(Collections.nCopies(33, "x"))),
                        of("dry_sequence_breakers", b -> b.drySequenceBreakers(List.of(""))),
                        of("dry_sequence_breakers", b -> b.drySequenceBreakers(List.of("x".repeat(41)))),
                        of("grammar", b -> b.grammar("")),
                        of("grammar", b -> b.grammar("x".repeat(65_537))),
                        of("stop", b -> b.stop("")),
                        of("stop", b -> b.stop("x".repeat(GenerateParameters.MAX_STOP_LENGTH + 1))),
                        of("stop", b -> b.stop(Collections.nCopies(GenerateParameters.MAX_STOP_STRINGS + 1, "x"))))
                .map(Arguments::of);
    }

    private static Object[] of(String parameter, Consumer<GenerateParameters.Builder> set) {
        return new Object[] {parameter, set};
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    @DisplayName("refuses parameters out of their range and names them")
    void outOfRange(String parameter, Consumer<GenerateParameters.Builder> set) {
        assertThatThrownBy(() -> set.accept(GenerateParameters.builder()))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.OUT_OF_RANGE);
                    assertThat(error.parameter()).contains(parameter);
                    assertThat(error).hasMessageContaining("'" + parameter + "'");
                });
    }

    @ParameterizedTest
    @EnumSource(Parameter.class)
    @DisplayName("takes a number at both ends of its range, and none beyond, infinite or NaN")
    void ranges(Parameter parameter) {
        if (parameter.type() == Parameter.Type.NUMBER) {
            double min = parameter == Parameter.TOP_P ? Double.MIN_VALUE : parameter.min();
            for (double value : new double[] {min, parameter.max()}) {
                GenerateParameters set =
                        GenerateParameters.builder().set(parameter, value).build();
                assertThat(set.number(parameter)).isEqualTo(value);
                assertThat(set.has(parameter)).isTrue();
            }
            for (double value : new double[] {
                Math.nextDown(parameter.min()),
                Math.nextUp(parameter.max()),
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY
            }) {
                assertRefused(parameter, builder -> builder.set(parameter, value));
            }
        } else if (parameter.type() == Parameter.Type.WHOLE) {
            for (long value : new long[] {(long) parameter.min(), (long) parameter.max()}) {
                assertThat(GenerateParameters.builder()
                                .set(parameter, value)
                                .build()
                                .whole(parameter))
                        .isEqualTo(value);
            }
            for (long value : new long[] {(long) parameter.min() - 1, (long) parameter.max() + 1}) {
                assertRefused(parameter, builder -> builder.set(parameter, value));
            }
            assertThatThrownBy(() -> GenerateParameters.builder().set(parameter, 1.5))
                    .isInstanceOf(IllegalArgumentException.class);
        } else {
            assertThatThrownBy(() -> GenerateParameters.builder().set(parameter, 1L))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void assertRefused(Parameter parameter, Consumer<GenerateParameters.Builder> set) {
        assertThatThrownBy(() -> set.accept(GenerateParameters.builder()))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.OUT_OF_RANGE);
                    assertThat(error.parameter()).contains(parameter.wireName());
                });
    }

    @Test
    @DisplayName("has llama.cpp's defaults")
    void fallbacks() {
        GenerateParameters none = GenerateParameters.none();
        assertThat(none.number(Parameter.TEMPERATURE)).isEqualTo(0.8);
        assertThat(none.whole(Parameter.TOP_K)).isEqualTo(40);
        assertThat(none.whole(Parameter.REPEAT_LAST_N)).isEqualTo(64);
        assertThat(none.number(Parameter.DRY_BASE)).isEqualTo(1.75);
        assertThat(none.truth(Parameter.DO_SAMPLE)).isTrue();
        assertThat(none.truth(Parameter.IGNORE_EOS)).isFalse();
        assertThat(none.truth(Parameter.CACHE_PROMPT)).isTrue();
    }

    @Test
    @DisplayName("refuses what says something twice, and breakers beyond ASCII")
    void contradictions() {
        assertThatThrownBy(() -> GenerateParameters.builder().samplers(List.of(Sampler.DRY, Sampler.DRY)))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.CONFLICT));
        assertThatThrownBy(() -> GenerateParameters.builder().lora(List.of(new LoraScale(1, 1), new LoraScale(1, 2))))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.CONFLICT));
        assertThatThrownBy(() -> GenerateParameters.builder().n(3).bestOf(2).build())
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.parameter())
                        .contains("best_of"));
        assertThatThrownBy(() -> GenerateParameters.builder().drySequenceBreakers(List.of("\u3002")))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.INVALID_TEXT));
    }

    @Test
    @DisplayName("knows samplers by llama.cpp's names and letters")
    void samplers() {
        for (Sampler sampler : Sampler.values()) {
            assertThat(Sampler.of(sampler.wireName())).isEqualTo(sampler);
            assertThat(Sampler.ofLetters(String.valueOf(sampler.letter()))).containsExactly(sampler);
        }
        assertThat(Sampler.of("nucleus")).isEqualTo(Sampler.TOP_P);
        assertThat(Sampler.ofLetters("edskfypmxt")).isEqualTo(Sampler.DEFAULT_ORDER);
        assertThatThrownBy(() -> Sampler.of("guess"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("typ_p");
        assertThatThrownBy(() -> Sampler.ofLetters("k?"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'?'");
    }

    @Test
    @DisplayName("takes what it does not say from the defaults")
    void defaults() {
        GenerateParameters defaults =
                GenerateParameters.builder().temperature(0.1).topK(5).stop("a").build();
        GenerateParameters merged = GenerateParameters.builder().topK(9).build().orElse(defaults);
        assertThat(merged)
                .isEqualTo(GenerateParameters.builder()
                        .temperature(0.1)
                        .topK(9)
                        .stop("a")
                        .build());
        assertThat(GenerateParameters.none().orElse(defaults)).isEqualTo(defaults);
        assertThat(defaults.orElse(GenerateParameters.none())).isEqualTo(defaults);
    }

    @Test
    @DisplayName("takes a time-out above zero and up to a day")
    void timeouts() {
        for (Duration wrong : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(2))) {
            assertThatThrownBy(() -> GenerateRequest.builder().timeout(wrong))
                    .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.parameter())
                            .contains("timeout"));
        }
    }
}
