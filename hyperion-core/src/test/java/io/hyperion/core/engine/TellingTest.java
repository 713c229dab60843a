package io.hyperion.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.Completion;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent.Piece;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.LogitBias;
import io.hyperion.api.Progress;
import io.hyperion.api.Prompt;
import io.hyperion.api.TokenProbability;
import io.hyperion.core.gguf.TinyModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What a request is told, and when it ends")
@Timeout(60)
class TellingTest {
    private static final Prompt PROMPT = new Prompt.Raw("once upon a time");
    private static final int END = 2;
    private static final int NEW_LINE = 13;

    private static LoadedModelRig rig;

    @BeforeAll
    static void open(@TempDir Path directory) {
        rig = new LoadedModelRig(TinyModel.llama().uint32("llama.context_length", 1024), directory, 2048, 4);
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    private static LoadedModelRig.Result submit(GenerateParameters.Builder parameters) {
        LoadedModelRig.Result result = rig.submit(new ModelRequest(PROMPT, parameters.build()));
        LoadedModelRig.await(result);
        return result;
    }

    private static GenerateParameters.Builder wild(long seed) {
        return GenerateParameters.builder()
                .temperature(5)
                .topK(0)
                .topP(1)
                .minP(0)
                .seed(seed);
    }

    @Test
    @DisplayName(
            "every token once, those of a stop string and the one that ends the turn included, if it asked for them")
    void tokens() {
        boolean stopped = false;
        boolean ended = false;
        for (int seed = 0; seed < 40; seed++) {
            LoadedModelRig.Result result = submit(wild(seed)
                    .returnTokens(true)
                    .maxTokens(60)
                    .stop("the", "on")
                    .n(1 + seed % 3)
                    .logitBias(List.of(LogitBias.of(END, 3))));
            GenerateReply reply = LoadedModelRig.await(result);
            for (int index = 0; index < reply.completions().size(); index++) {
                int own = index;
                Completion completion = reply.completions().get(index);
                assertThat(completion.tokenIds()).hasSize(completion.tokens());
                assertThat(result.pieces.stream()
                                .filter(piece -> piece.completion() == own)
                                .flatMap(piece -> piece.tokens().stream()))
                        .isEqualTo(completion.tokenIds());
                stopped |= completion.stopString().isPresent();
                ended |= completion.tokenIds().indexOf(END) == completion.tokens() - 1;
            }
            assertThat(result.pieces).extracting(Piece::completions).containsOnly(1 + seed % 3);
        }
        assertThat(stopped).isTrue();
        assertThat(ended).isTrue();
        assertThat(LoadedModelRig.await(submit(wild(1).maxTokens(5)))
                        .completion()
                        .tokenIds())
                .isEmpty();
    }

    @Test
    @DisplayName("the tokens of the best texts, too")
    void tokensOfTheBest() {
        LoadedModelRig.Result result =
                submit(wild(3).returnTokens(true).maxTokens(6).n(2).bestOf(4));
        GenerateReply reply = LoadedModelRig.await(result);
        assertThat(result.pieces)
                .extracting(Piece::tokens)
                .isEqualTo(
                        reply.completions().stream().map(Completion::tokenIds).toList());
    }

    @Test
    @DisplayName("how far it is, with each piece, if it asked for that")
    void progress() {
        LoadedModelRig.Result result = submit(GenerateParameters.builder()
                .temperature(0)
                .timingsPerToken(true)
                .maxTokens(12));
        GenerateReply reply = LoadedModelRig.await(result);
        List<Progress> told = result.pieces.stream()
                .map(piece -> piece.progress().orElseThrow())
                .toList();
        assertThat(told)
                .hasSizeGreaterThan(3)
                .extracting(Progress::completionTokens)
                .isSorted();
        assertThat(told).extracting(Progress::promptTokens).containsOnly(reply.promptTokens());
        assertThat(told).extracting(Progress::cachedTokens).containsOnly(reply.cachedTokens());
        assertThat(told.get(told.size() - 1).completionTokens()).isEqualTo(12);
        for (int i = 1; i < told.size(); i++) {
            assertThat(told.get(i).timings().generation())
                    .isGreaterThan(told.get(i - 1).timings().generation());
        }
        assertThat(told.get(0).timings().prompt()).isPositive();
    }

    @Test
    @DisplayName("which kind a probability is of")
    void kinds() {
        for (boolean after : new boolean[] {false, true}) {
            for (double temperature : new double[] {0, 1}) {
                GenerateReply reply = LoadedModelRig.await(submit(GenerateParameters.builder()
                        .temperature(temperature)
                        .logProbabilities(2)
                        .postSamplingProbabilities(after)
                        .ignoreEos(true)
                        .maxTokens(4)));
                List<TokenProbability> probabilities = reply.completion().probabilities();
                assertThat(probabilities).isNotEmpty().allMatch(token -> token.afterSampling() == after);
                assertThat(probabilities)
                        .flatExtracting(TokenProbability::top)
                        .isNotEmpty()
                        .allMatch(token -> token.afterSampling() == after);
            }
        }
    }

    @Test
    @DisplayName("ends at the first line break after its time, and not within a line")
    void time() {
        GenerateParameters.Builder lines = GenerateParameters.builder()
                .temperature(0)
                .ignoreEos(true)
                .logitBias(List.of(LogitBias.of(NEW_LINE, 100)))
                .maxTokens(900);
        GenerateReply short1 = LoadedModelRig.await(submit(lines.maxPredictMillis(1)));
        assertThat(short1.text()).endsWith("\n");
        assertThat(short1.completionTokens()).isLessThan(900);
        assertThat(short1.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(short1.timings().generation()).isGreaterThanOrEqualTo(Duration.ofMillis(1));
        GenerateReply noLine = LoadedModelRig.await(submit(GenerateParameters.builder()
                .temperature(0)
                .ignoreEos(true)
                .logitBias(List.of(LogitBias.of(NEW_LINE, LogitBias.BANNED)))
                .maxTokens(200)
                .maxPredictMillis(1)));
        assertThat(noLine.completionTokens()).isEqualTo(200);
    }

    @Test
    @DisplayName("ends before a line that is not indented enough")
    void indentation() {
        // The second line begins with the only character that may come.
        GenerateReply reply = LoadedModelRig.await(submit(GenerateParameters.builder()
                .grammar("root ::= \"ab\\n  cd\\n ef\\n\"")
                .returnTokens(true)
                .minIndent(2)));
        assertThat(reply.text()).isEqualTo("ab\n  cd\n ");
        assertThat(reply.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(reply.completion().tokenIds()).hasSize(reply.completionTokens());
    }
}
