package io.hyperion.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.Completion;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.LogitBias;
import io.hyperion.api.Prompt;
import io.hyperion.api.TokenProbability;
import io.hyperion.core.gguf.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A rule for the generated text")
@Timeout(60)
class TextRuleTest {
    private static final Prompt PROMPT = new Prompt.Raw("once upon a time");
    private static final int CALL = TinyModel.tokens().size();

    private static LoadedModelRig rig;

    @BeforeAll
    static void open(@TempDir Path directory) {
        rig = new LoadedModelRig(
                TinyModel.llama().exact().control("<call>", "<other>").uint32("llama.context_length", 1024),
                directory,
                2048,
                4);
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    private static ModelRequest request(GenerateParameters.Builder parameters, TextRule rule, String... named) {
        return new ModelRequest(
                PROMPT, parameters.build(), Optional.of(rule), List.of(named), Optional.empty(), Optional.empty());
    }

    /** At a temperature at which every token comes about as often. */
    private static GenerateParameters.Builder wild(long seed) {
        return GenerateParameters.builder()
                .temperature(5)
                .topK(0)
                .topP(1)
                .minP(0)
                .seed(seed);
    }

    @Test
    @DisplayName("holds from the trigger on and not before, whatever the tokens that the trigger came in")
    void lazily() {
        TextRule rule = new TextRule("root ::= \"th\" [0-9]{3} \"!\"", List.of("th"));
        List<LoadedModelRig.Result> results = new ArrayList<>();
        for (int seed = 0; seed < 60; seed++) {
            results.add(rig.submit(request(wild(seed).maxTokens(600).n(seed % 2 + 1), rule)));
        }
        int triggered = 0;
        int later = 0;
        for (LoadedModelRig.Result result : results) {
            for (Completion completion : LoadedModelRig.await(result).completions()) {
                int begin = completion.text().indexOf("th");
                if (begin >= 0) {
                    triggered++;
                    later += begin > 10 ? 1 : 0;
                    if (completion.finishReason() == FinishReason.STOP) {
                        assertThat(completion.text().substring(begin)).matches("th[0-9]{3}!");
                    } else {
                        assertThat(completion.text().substring(begin)).matches("th[0-9]{0,3}!?");
                    }
                }
            }
        }
        assertThat(triggered).isGreaterThan(20);
        assertThat(later).isGreaterThan(10);
    }

    @Test
    @DisplayName("holds from the trigger on whatever the samplers, with several texts, the best ones, and stop strings")
    void whateverTheSamplers() {
        TextRule rule = new TextRule("root ::= (\"a\" | \"he\") [0-9]{2} (\"-\" [0-9]{2})* \"!\"", List.of("a", "he"));
        List<LoadedModelRig.Result> results = new ArrayList<>();
        for (int seed = 0; seed < 64; seed++) {
            GenerateParameters.Builder parameters = wild(seed).maxTokens(120).n(1 + seed % 2);
            switch (seed % 8) {
                case 0 -> parameters.temperature(0).repeatPenalty(1.5).penalizeNewLines(false);
                case 1 -> parameters.mirostat(1);
                case 2 -> parameters.mirostat(2);
                case 3 -> parameters.topK(30).tailFreeZ(0.9);
                case 4 -> parameters.dryMultiplier(1).frequencyPenalty(1);
                case 5 -> parameters.xtcProbability(0.5).typicalP(0.9);
                case 6 -> parameters.bestOf(3).logProbabilities(3).postSamplingProbabilities(true);
                default -> parameters.stop("5");
            }
            results.add(rig.submit(request(parameters, rule)));
        }
        int whole = 0;
        for (LoadedModelRig.Result result : results) {
            for (Completion completion : LoadedModelRig.await(result).completions()) {
                Matcher trigger = Pattern.compile("a|he").matcher(completion.text());
                if (trigger.find()) {
                    String text = completion.text().substring(trigger.start());
                    assertThat(text).matches("(a|he)([0-9]|[0-9]{2}(-[0-9]{2})*(-[0-9]?)?!?)?");
                    whole += text.endsWith("!") ? 1 : 0;
                }
            }
        }
        assertThat(whole).isGreaterThan(10);
    }

    @Test
    @DisplayName("leaves text without a trigger as it is without the rule, token by token")
    void withoutTrigger() {
        GenerateParameters.Builder parameters =
                GenerateParameters.builder().seed(3).maxTokens(40).returnTokens(true);
        GenerateReply free = rig.generate(new ModelRequest(PROMPT, parameters.build()));
        GenerateReply bound =
                rig.generate(request(parameters, new TextRule("root ::= \"<never>\"", List.of("<never>"))));
        assertThat(bound.completions()).isEqualTo(free.completions());
    }

    @Test
    @DisplayName("holds from the first character on if it has no triggers, in place of the grammar of the parameters")
    void fromTheBegin() {
        GenerateReply reply = rig.generate(request(
                GenerateParameters.builder().grammar("root ::= \"x\""), new TextRule("root ::= [0-9]{4}", List.of())));
        assertThat(reply.text()).matches("[0-9]{4}");
    }

    @Test
    @DisplayName("survives the shift of a full context and the loss of a slot")
    void shifts(@TempDir Path directory) {
        TextRule rule = new TextRule("root ::= \"th\" (\"x\" [ab])*", List.of("th"));
        // Two of them do not fit: the younger one waits, and goes on.
        try (LoadedModelRig small = new LoadedModelRig(TinyModel.llama(), directory, 144, 2)) {
            List<LoadedModelRig.Result> results = new ArrayList<>();
            for (int seed = 0; seed < 6; seed++) {
                results.add(small.submit(request(
                        wild(seed)
                                .ignoreEos(true)
                                .contextShift(true)
                                .logitBias(List.of(LogitBias.of("th", 5)))
                                .maxTokens(300),
                        rule)));
            }
            int shifted = 0;
            for (LoadedModelRig.Result result : results) {
                Completion completion = LoadedModelRig.await(result).completion();
                shifted += completion.truncated() ? 1 : 0;
                Matcher text = Pattern.compile("(?s)(.*?)(th(x[ab])*x?)?").matcher(completion.text());
                assertThat(text.matches()).as(completion.text()).isTrue();
                assertThat(completion.text().indexOf("th", text.end(1) + 1)).isNegative();
            }
            assertThat(shifted).isPositive();
        }
    }

    @Test
    @DisplayName("matches control tokens by their names, which are text, in probabilities and for stop strings too")
    void controlTokens() {
        TextRule rule = new TextRule("root ::= \"<call>\" [0-9]{2} \"</call>\"", List.of("<call>"));
        GenerateParameters.Builder parameters = GenerateParameters.builder()
                .temperature(0)
                .maxTokens(40)
                .logProbabilities(1)
                .logitBias(List.of(LogitBias.of(CALL, 100)));
        LoadedModelRig.Result streamed = rig.submit(request(parameters, rule, "<call>", "<missing>", "</s>"));
        Completion completion = LoadedModelRig.await(streamed).completion();
        assertThat(completion.text()).matches("<call>[0-9]{2}</call>");
        assertThat(streamed.pieces.stream().map(piece -> piece.text()).collect(Collectors.joining()))
                .isEqualTo(completion.text());
        assertThat(completion.probabilities().get(0))
                .extracting(TokenProbability::token, TokenProbability::text)
                .containsExactly(CALL, "<call>");
        GenerateReply stopped = rig.generate(new ModelRequest(
                PROMPT,
                parameters.stop("<call>").build(),
                Optional.empty(),
                List.of("<call>"),
                Optional.empty(),
                Optional.empty()));
        assertThat(stopped.stopString()).contains("<call>");
        assertThat(stopped.text()).isEmpty();
    }

    @Test
    @DisplayName("knows nothing of control tokens that are not named")
    void unnamed() {
        GenerateReply reply = rig.generate(new ModelRequest(
                PROMPT,
                GenerateParameters.builder()
                        .temperature(0)
                        .maxTokens(5)
                        .logitBias(List.of(LogitBias.of(CALL, 100)))
                        .build(),
                Optional.empty(),
                List.of("<other>"),
                Optional.empty(),
                Optional.empty()));
        assertThat(reply.text()).isEmpty();
        assertThat(reply.completionTokens()).isEqualTo(5);
    }

    @Test
    @DisplayName("is refused if the grammar has no text that begins with a trigger")
    void impossible() {
        assertThatThrownBy(() ->
                        rig.submit(request(GenerateParameters.builder(), new TextRule("root ::= \"a\"", List.of("b")))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TextRule("root ::= \"a\"", List.of("")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
