package io.hyperion.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.LogitBias;
import io.hyperion.api.Parameter;
import io.hyperion.api.Sampler;
import io.hyperion.api.TokenProbability;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.llama.Batch;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LlamaModel;
import io.hyperion.core.llama.Pieces;
import io.hyperion.core.llama.SamplerChain;
import io.hyperion.core.llama.Vocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All tests draw from one place of one text: the logits are read once, and what may come out is worked out from them here. */
@DisplayName("A token sampler")
class TokenSamplerTest {
    private static final int CONTEXT_SIZE = 128;
    private static final int DRAWS = 400;

    private static LlamaLibrary library;
    private static LlamaModel model;
    private static LlamaContext context;
    private static Batch batch;
    private static Vocabulary vocabulary;
    private static int index;
    private static float[] logits;
    /** The tokens, the most probable first. */
    private static List<Integer> ranking;

    @BeforeAll
    static void open(@TempDir Path directory) throws LlamaException {
        library = LlamaLibrary.open();
        model = LlamaModel.load(library, TinyModel.llama().write(directory.resolve("tiny.gguf")), 0);
        vocabulary = model.vocabulary();
        context = model.newContext(new LlamaContext.Settings(CONTEXT_SIZE, 1, 64, 1));
        batch = context.newBatch();
        int[] prompt = vocabulary.tokenize("once upon a time", true, true);
        for (int i = 0; i < prompt.length; i++) {
            index = batch.add(prompt[i], i, 0, i == prompt.length - 1);
        }
        context.decode(batch);
        logits = context.logits(index).values().clone();
        ranking = IntStream.range(0, logits.length)
                .boxed()
                .sorted((a, b) -> Float.compare(logits[b], logits[a]))
                .toList();
    }

    @AfterAll
    static void close() {
        batch.close();
        context.close();
        model.close();
        library.close();
    }

    /** Parameters with a seed and all that leaves out tokens switched off, so that a test switches on what it is about. */
    private static GenerateParameters open(UnaryOperator<GenerateParameters.Builder> settings) {
        return settings.apply(GenerateParameters.builder()
                        .seed(1)
                        .temperature(1)
                        .topK(0)
                        .topP(1)
                        .minP(0))
                .build();
    }

    private static TokenSampler sampler(GenerateParameters parameters) {
        return TokenSampler.of(library, vocabulary, Pieces.of(vocabulary), CONTEXT_SIZE, parameters, Optional.empty());
    }

    private static int next(TokenSampler sampler) throws LlamaException {
        return sampler.sample(context, index).orElseThrow().token();
    }

    private static List<Integer> draws(TokenSampler sampler) throws LlamaException {
        List<Integer> drawn = new ArrayList<>();
        for (int i = 0; i < DRAWS; i++) {
            drawn.add(next(sampler));
        }
        return drawn;
    }

    private static List<Integer> draws(UnaryOperator<GenerateParameters.Builder> settings) throws LlamaException {
        try (TokenSampler sampler = sampler(open(settings))) {
            return draws(sampler);
        }
    }

    /** What can come out at all: many draws at a temperature that makes the candidates nearly even. */
    private static Set<Integer> candidates(UnaryOperator<GenerateParameters.Builder> settings) throws LlamaException {
        return new HashSet<>(draws(builder -> settings.apply(builder).temperature(50)));
    }

    private static int greedy(UnaryOperator<GenerateParameters.Builder> settings, int... prompt) throws LlamaException {
        try (TokenSampler sampler =
                sampler(open(builder -> settings.apply(builder).temperature(0)))) {
            sampler.acceptPrompt(prompt, prompt.length);
            return next(sampler);
        }
    }

    private static Set<Integer> best(int count) {
        return new HashSet<>(ranking.subList(0, count));
    }

    private static double[] softmax(double temperature) {
        double max = logits[ranking.get(0)];
        double[] weights = IntStream.range(0, logits.length)
                .mapToDouble(token -> Math.exp((logits[token] - max) / temperature))
                .toArray();
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    /** How many of the most probable tokens it takes to reach a probability. */
    private static int reaching(double probability) {
        double sum = 0;
        int count = 0;
        while (sum < probability) {
            sum += softmax(1)[ranking.get(count++)];
        }
        return count;
    }

    @Test
    @DisplayName(
            "takes the most probable token if the temperature is 0, only one is a candidate, or it shall not sample")
    void greedyChoices() throws LlamaException {
        List<UnaryOperator<GenerateParameters.Builder>> ways = List.of(
                builder -> builder.temperature(0),
                builder -> builder.temperature(0.00001),
                builder -> builder.doSample(false).temperature(2),
                builder -> builder.topK(1),
                builder -> builder.topP(1e-9),
                builder -> builder.minP(1),
                builder -> builder.topNSigma(0),
                builder -> builder.doSample(false).mirostat(2),
                builder -> builder.temperature(0).dynatempRange(0.5).xtcProbability(1));
        for (UnaryOperator<GenerateParameters.Builder> way : ways) {
            assertThat(draws(way)).containsOnly(ranking.get(0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7, 40, 200, 312})
    @DisplayName("draws from the k most probable tokens")
    void topK(int k) throws LlamaException {
        Set<Integer> drawn = candidates(builder -> builder.topK(k));
        assertThat(best(k)).containsAll(drawn);
        assertThat(drawn).hasSizeGreaterThan(Math.min(k, 150) * 3 / 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 40, 150, 312, 313, 100_000})
    @DisplayName("gives what llama.cpp's own chain gives with the same seed")
    void sameAsNative(int k) throws LlamaException {
        for (long seed = 1; seed <= 20; seed++) {
            GenerateParameters parameters = GenerateParameters.builder()
                    .seed(seed)
                    .topK(k)
                    .topP(0.9)
                    .minP(0.02)
                    .temperature(1.5)
                    .build();
            try (TokenSampler sampler = sampler(parameters);
                    SamplerChain chain = new SamplerChain(library)
                            .topK(k)
                            .topP(0.9, 1)
                            .minP(0.02, 1)
                            .temperature(1.5)
                            .distribution(seed)) {
                for (int i = 0; i < 20; i++) {
                    assertThat(next(sampler)).isEqualTo(chain.sample(context, index));
                }
            }
        }
    }

    @Test
    @DisplayName("draws the same again with the same seed, and something else with another or with none")
    void seeds() throws LlamaException {
        assertThat(draws(builder -> builder.seed(7))).isEqualTo(draws(builder -> builder.seed(7)));
        assertThat(draws(builder -> builder.seed(7))).isNotEqualTo(draws(builder -> builder.seed(8)));
        GenerateParameters unseeded =
                GenerateParameters.builder().temperature(2).build();
        try (TokenSampler one = sampler(unseeded);
                TokenSampler other = sampler(unseeded)) {
            assertThat(draws(one)).isNotEqualTo(draws(other));
        }
    }

    @Test
    @DisplayName("draws tokens as often as their probability at the temperature says")
    void temperature() throws LlamaException {
        for (double temperature : new double[] {0.3, 1, 3}) {
            int first = ranking.get(0);
            double expected = softmax(temperature)[first];
            double share =
                    Collections.frequency(draws(builder -> builder.temperature(temperature)), first) / (double) DRAWS;
            assertThat(share).isCloseTo(expected, within(3 * Math.sqrt(expected * (1 - expected) / DRAWS) + 0.01));
        }
    }

    @Test
    @DisplayName("keeps the tokens that together reach top_p")
    void topP() throws LlamaException {
        // The temperature comes after it, so that it counts the model's own probabilities.
        int count = reaching(0.3);
        assertThat(candidates(builder -> builder.topP(0.3)))
                .isEqualTo(best(count))
                .hasSizeBetween(3, 30);
    }

    @Test
    @DisplayName("keeps the tokens with a fraction min_p of the best one's probability")
    void minP() throws LlamaException {
        double[] probabilities = softmax(1);
        Set<Integer> expected = ranking.stream()
                .filter(token -> probabilities[token] >= 0.4 * probabilities[ranking.get(0)])
                .collect(Collectors.toSet());
        assertThat(candidates(builder -> builder.minP(0.4))).isEqualTo(expected).hasSizeBetween(3, 30);
    }

    @Test
    @DisplayName("keeps the tokens nearest to the expected surprise that together reach typical_p")
    void typicalP() throws LlamaException {
        double[] probabilities = softmax(1);
        double entropy = Arrays.stream(probabilities).map(p -> -p * Math.log(p)).sum();
        List<Integer> byDistance = ranking.stream()
                .sorted((a, b) -> Double.compare(
                        Math.abs(-Math.log(probabilities[a]) - entropy),
                        Math.abs(-Math.log(probabilities[b]) - entropy)))
                .toList();
        Set<Integer> expected = new HashSet<>();
        double sum = 0;
        for (int token : byDistance) {
            expected.add(token);
            sum += probabilities[token];
            if (sum > 0.2) {
                break;
            }
        }
        assertThat(candidates(builder -> builder.typicalP(0.2)))
                .isEqualTo(expected)
                .doesNotContain(ranking.get(0));
    }

    @Test
    @DisplayName("keeps typical_p right where other samplers left tokens without any probability")
    void typicalBehindOthers() throws LlamaException {
        List<Integer> drawn =
                draws(builder -> builder.topNSigma(2).typicalP(0.5).logitBias(List.of(LogitBias.of(5, 900))));
        assertThat(drawn).containsOnly(5);
    }

    @Test
    @DisplayName("keeps the tokens within top_n_sigma standard deviations of the best")
    void topNSigma() throws LlamaException {
        double mean = IntStream.range(0, logits.length)
                .mapToDouble(token -> logits[token])
                .average()
                .orElseThrow();
        double deviation = Math.sqrt(IntStream.range(0, logits.length)
                .mapToDouble(token -> Math.pow(logits[token] - mean, 2))
                .average()
                .orElseThrow());
        Set<Integer> expected = ranking.stream()
                .filter(token -> logits[token] >= logits[ranking.get(0)] - deviation)
                .collect(Collectors.toSet());
        assertThat(candidates(builder -> builder.topNSigma(1)))
                .isEqualTo(expected)
                .hasSizeBetween(5, 60);
        assertThat(candidates(builder -> builder.topNSigma(-1))).hasSizeGreaterThan(150);
    }

    @Test
    @DisplayName("leaves out all tokens above the XTC threshold but the least probable of them, as often as asked")
    void xtc() throws LlamaException {
        double[] probabilities = softmax(1);
        int above = (int)
                ranking.stream().filter(token -> probabilities[token] >= 0.03).count();
        assertThat(above).isBetween(3, 10);
        Set<Integer> always = candidates(
                builder -> builder.topK(20).xtcProbability(1).xtcThreshold(softmaxOfBest(20, ranking.get(above - 1))));
        assertThat(always).isEqualTo(new HashSet<>(ranking.subList(above - 1, 20)));
        assertThat(candidates(builder -> builder.topK(20).xtcProbability(0.5).xtcThreshold(0.03)))
                .isEqualTo(best(20));
        assertThat(candidates(builder -> builder.topK(20).xtcProbability(1).xtcThreshold(0.6)))
                .isEqualTo(best(20));
        assertThat(candidates(builder ->
                        builder.topK(20).xtcProbability(1).xtcThreshold(0.001).minKeep(18)))
                .isEqualTo(best(20));
    }

    /** A threshold just below the probability of a token among the best. */
    private static double softmaxOfBest(int count, int token) {
        double sum = best(count).stream().mapToDouble(one -> softmax(1)[one]).sum();
        return softmax(1)[token] / sum * 0.999;
    }

    @Test
    @DisplayName("leaves as many candidates as min_keep says")
    void minKeep() throws LlamaException {
        assertThat(candidates(builder -> builder.topP(0.01).minKeep(5))).isEqualTo(best(5));
        assertThat(candidates(builder -> builder.minP(1).minKeep(6))).isEqualTo(best(6));
        assertThat(candidates(builder -> builder.typicalP(0.001).minKeep(4))).hasSize(4);
        assertThat(candidates(builder -> builder.typicalP(0.001))).hasSize(1);
    }

    @Test
    @DisplayName("works in the order asked for, and leaves out what is not in it")
    void order() throws LlamaException {
        // At a temperature of 50 the tokens are nearly even, so that top_p behind it keeps many more.
        List<Sampler> temperatureFirst = List.of(Sampler.TEMPERATURE, Sampler.TOP_P);
        assertThat(candidates(builder -> builder.topP(0.3))).hasSizeLessThan(30);
        assertThat(candidates(builder -> builder.topP(0.3).samplers(temperatureFirst)))
                .hasSizeGreaterThan(60);
        assertThat(candidates(builder -> builder.topK(2).samplers(List.of(Sampler.TEMPERATURE))))
                .hasSizeGreaterThan(150);
        List<Integer> plain = draws(builder -> builder.temperature(50).samplers(List.of()));
        double share = Collections.frequency(plain, ranking.get(0)) / (double) DRAWS;
        assertThat(share).isCloseTo(softmax(1)[ranking.get(0)], within(0.04));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.99, 0.9, 0.6, 0.3, 0.1, 0})
    @DisplayName("leaves out the tail of the sorted probabilities, from where their bends exceed tfs_z")
    void tailFree(double z) throws LlamaException {
        int kept = beforeTail(softmax(1), z);
        // Of many, the draws may miss a few.
        assertThat(candidates(
                        builder -> builder.tailFreeZ(z).samplers(List.of(Sampler.TAIL_FREE, Sampler.TEMPERATURE))))
                .isSubsetOf(best(kept))
                .hasSizeGreaterThanOrEqualTo(kept < 40 ? kept : kept * 3 / 4);
        // At a temperature of 50 all are nearly even.
        assertThat(candidates(
                        builder -> builder.tailFreeZ(z).samplers(List.of(Sampler.TEMPERATURE, Sampler.TAIL_FREE))))
                .isSubsetOf(best(beforeTail(softmax(50), z)));
        int[] top = ranking.stream().limit(20).mapToInt(i -> i).toArray();
        double whole = Arrays.stream(top).mapToDouble(i -> softmax(1)[i]).sum();
        double[] ofTop =
                Arrays.stream(top).mapToDouble(i -> softmax(1)[i] / whole).toArray();
        assertThat(candidates(builder -> builder.topK(20).tailFreeZ(z))).isEqualTo(best(beforeTail(ofTop, z)));
        assertThat(candidates(builder -> builder.topK(20).tailFreeZ(z).minKeep(15)))
                .isEqualTo(best(Math.max(15, beforeTail(ofTop, z))));
        assertThat(candidates(builder -> builder.topK(2).tailFreeZ(z))).isEqualTo(best(2));
    }

    @Test
    @DisplayName("leaves nothing out with tfs_z 1, and nothing of the other samplers' work undone")
    void tailFreeAmongOthers() throws LlamaException {
        assertThat(draws(builder -> builder.topK(30).tailFreeZ(1))).isEqualTo(draws(builder -> builder.topK(30)));
        List<Sampler> last =
                List.of(Sampler.PENALTIES, Sampler.TOP_P, Sampler.XTC, Sampler.TAIL_FREE, Sampler.TEMPERATURE);
        Set<Integer> without = candidates(builder -> builder.topP(0.6).samplers(last));
        Set<Integer> with =
                candidates(builder -> builder.topP(0.6).tailFreeZ(0.9).samplers(last));
        assertThat(with).isSubsetOf(without).hasSizeLessThan(without.size());
        // All but the last of those above the threshold go, and the tail is that of the rest.
        assertThat(candidates(builder -> builder.xtcProbability(1)
                        .xtcThreshold(softmax(1)[ranking.get(4)] * 0.999)
                        .tailFreeZ(0.5)
                        .samplers(last)))
                .contains(ranking.get(4))
                .doesNotContainAnyElementsOf(best(4));
    }

    /** As the definition has it: how many come before the tail. */
    private static int beforeTail(double[] probabilities, double z) {
        double[] sorted =
                Arrays.stream(probabilities).map(p -> -p).sorted().map(p -> -p).toArray();
        double[] bends = IntStream.range(0, sorted.length - 2)
                .mapToDouble(i -> Math.abs((sorted[i] - sorted[i + 1]) - (sorted[i + 1] - sorted[i + 2])))
                .toArray();
        double sum = Arrays.stream(bends).sum();
        double share = 0;
        for (int i = 0; i < bends.length; i++) {
            share += bends[i] / sum;
            if (share > z && i >= 1) {
                return i;
            }
        }
        return sorted.length;
    }

    @Test
    @DisplayName("leaves the line break unpenalised if asked, wherever the penalties are in the order")
    void newLines() throws LlamaException {
        int newLine = vocabulary.newLine();
        assertThat(vocabulary.piece(newLine)).containsExactly('\n');
        int first = ranking.get(0);
        UnaryOperator<GenerateParameters.Builder> near =
                builder -> builder.logitBias(List.of(LogitBias.of(newLine, logits[first] - logits[newLine] + 0.5)))
                        .presencePenalty(1);
        List<Sampler> dryFirst = List.of(Sampler.DRY, Sampler.PENALTIES);
        assertThat(greedy(near, newLine)).isEqualTo(first);
        assertThat(greedy(builder -> near.apply(builder).penalizeNewLines(false), newLine))
                .isEqualTo(newLine);
        assertThat(greedy(
                        builder -> near.apply(builder)
                                .penalizeNewLines(false)
                                .dryMultiplier(1)
                                .samplers(dryFirst),
                        newLine))
                .isEqualTo(newLine);
        assertThat(greedy(
                        builder -> builder.presencePenalty(1)
                                .penalizeNewLines(false)
                                .dryMultiplier(1)
                                .samplers(dryFirst),
                        first))
                .isEqualTo(ranking.get(1));
    }

    @Test
    @DisplayName("moves the temperature by how sure the model is")
    void dynamicTemperature() throws LlamaException {
        double entropy = Arrays.stream(softmax(1)).map(p -> -p * Math.log(p)).sum();
        double unsureness = entropy / Math.log(logits.length);
        double temperature = 0.2 + (3.8 - 0.2) * Math.pow(unsureness, 2);
        double expected = softmax(temperature)[ranking.get(0)];
        List<Integer> drawn =
                draws(builder -> builder.temperature(2).dynatempRange(1.8).dynatempExponent(2));
        assertThat(Collections.frequency(drawn, ranking.get(0)) / (double) DRAWS)
                .isCloseTo(expected, within(3 * Math.sqrt(expected / DRAWS) + 0.005));
        // So high a power leaves the lowest temperature of the range.
        assertThat(draws(builder -> builder.temperature(2).dynatempRange(2).dynatempExponent(100)))
                .containsOnly(ranking.get(0));
    }

    @Test
    @DisplayName("penalises tokens of the prompt and of what it chose, as far back as asked")
    void penalties() throws LlamaException {
        int first = ranking.get(0);
        int second = ranking.get(1);
        assertThat(greedy(builder -> builder.repeatPenalty(2), first)).isEqualTo(second);
        assertThat(greedy(builder -> builder.presencePenalty(1), first)).isEqualTo(second);
        assertThat(greedy(builder -> builder.frequencyPenalty(0.1), first, first))
                .isEqualTo(second);
        assertThat(greedy(builder -> builder.frequencyPenalty(0.1), first)).isEqualTo(first);
        assertThat(greedy(builder -> builder.presencePenalty(1).repeatLastN(0), first))
                .isEqualTo(first);
        assertThat(greedy(builder -> builder.presencePenalty(1).repeatLastN(1), first, 5))
                .isEqualTo(first);
        assertThat(greedy(builder -> builder.presencePenalty(1).repeatLastN(2), first, 5))
                .isEqualTo(second);
        assertThat(greedy(builder -> builder.presencePenalty(1).repeatLastN(-1), first, 5))
                .isEqualTo(second);
        assertThat(greedy(builder -> builder.presencePenalty(1).repeatLastN(Integer.MAX_VALUE), first))
                .isEqualTo(second);
        assertThat(greedy(builder -> builder.presencePenalty(-5), ranking.get(30)))
                .isEqualTo(ranking.get(30));
        assertThat(greedy(builder -> builder.presencePenalty(1).samplers(List.of(Sampler.TEMPERATURE)), first))
                .isEqualTo(first);
        try (TokenSampler sampler =
                sampler(open(builder -> builder.temperature(0).presencePenalty(100)))) {
            List<Integer> chosen = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                chosen.add(next(sampler));
            }
            assertThat(chosen).isEqualTo(ranking.subList(0, 50));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 64, 1000})
    @DisplayName("penalises by the same numbers as llama.cpp, wherever in the order")
    void penaltiesAsNative(int lastN) throws LlamaException {
        GenerateParameters parameters = open(builder -> builder.topK(100)
                .repeatPenalty(1.3)
                .frequencyPenalty(0.2)
                .presencePenalty(-0.4)
                .repeatLastN(lastN));
        List<Sampler> penaltiesLast = List.of(Sampler.TEMPERATURE, Sampler.PENALTIES, Sampler.TOP_K);
        int[] prompt = IntStream.range(0, 40).map(i -> ranking.get(i % 13)).toArray();
        try (TokenSampler first = sampler(parameters);
                TokenSampler last =
                        sampler(parameters.toBuilder().samplers(penaltiesLast).build());
                SamplerChain chain = new SamplerChain(library)
                        .penalties(Math.min(lastN, CONTEXT_SIZE), 1.3, 0.2, -0.4)
                        .topK(100)
                        .distribution(1)) {
            first.acceptPrompt(prompt, prompt.length);
            last.acceptPrompt(prompt, prompt.length);
            Arrays.stream(prompt).forEach(chain::accept);
            for (int i = 0; i < 200; i++) {
                int expected = chain.sample(context, index);
                assertThat(next(first)).isEqualTo(expected);
                assertThat(next(last)).isEqualTo(expected);
            }
        }
    }

    @Test
    @DisplayName("penalises what would go on with a repetition, unless a breaker or the allowed length spares it")
    void dry() throws LlamaException {
        int first = ranking.get(0);
        int second = ranking.get(1);
        // "t h e <first> t h e": the next <first> would go on with what was there before.
        int[] the = vocabulary.tokenize("the", false, false);
        int a = the[0];
        int b = 280;
        int c = 281;
        int[] repeating = {a, b, c, first, a, b, c};
        UnaryOperator<GenerateParameters.Builder> dry =
                builder -> builder.dryMultiplier(2).dryBase(2);
        assertThat(greedy(dry, repeating)).isEqualTo(second);
        assertThat(greedy(dry, a, b, c, first, a, b, 290)).isEqualTo(first);
        assertThat(greedy(builder -> dry.apply(builder).dryAllowedLength(4), repeating))
                .isEqualTo(first);
        assertThat(greedy(builder -> dry.apply(builder).dryPenaltyLastN(5), repeating))
                .isEqualTo(first);
        assertThat(greedy(builder -> dry.apply(builder).dryPenaltyLastN(0), repeating))
                .isEqualTo(first);
        assertThat(greedy(builder -> dry.apply(builder).dryPenaltyLastN(Integer.MAX_VALUE), repeating))
                .isEqualTo(second);
        assertThat(greedy(builder -> dry.apply(builder).drySequenceBreakers(List.of(text(c))), repeating))
                .isEqualTo(first);
        assertThat(greedy(builder -> dry.apply(builder).drySequenceBreakers(List.of()), repeating))
                .isEqualTo(second);
        assertThat(greedy(builder -> builder.dryMultiplier(0.001).dryBase(1), repeating))
                .isEqualTo(first);
    }

    private static String text(int token) {
        return new String(vocabulary.piece(token), java.nio.charset.StandardCharsets.UTF_8).strip();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @DisplayName("holds the surprise of the text near Mirostat's target")
    void mirostat(int version) throws LlamaException {
        double low = surprise(version, 2);
        double high = surprise(version, 5);
        assertThat(low).isLessThan(high);
        if (version == 2) {
            // The first version estimates the spread of the vocabulary by a law that random weights do not follow.
            assertThat(surprise(version, 3)).isCloseTo(3, within(0.5));
        }
        assertThat(draws(builder -> builder.mirostat(version).mirostatTau(0))).containsOnly(ranking.get(0));
        assertThat(draws(builder -> builder.mirostat(version).topK(1))).isNotEqualTo(draws(builder -> builder.topK(1)));
        assertThat(draws(builder -> builder.mirostat(version).mirostatEta(0)))
                .isNotEqualTo(draws(builder -> builder.mirostat(version).mirostatEta(1)));
    }

    /** The mean surprise in bits of what is drawn, by the probabilities among the candidates that Mirostat leaves. */
    private static double surprise(int version, double tau) throws LlamaException {
        try (TokenSampler sampler = sampler(open(builder ->
                builder.mirostat(version).mirostatTau(tau).logProbabilities(1).postSamplingProbabilities(true)))) {
            double sum = 0;
            for (int i = 0; i < DRAWS; i++) {
                sum -= sampler.sample(context, index)
                                .orElseThrow()
                                .probability()
                                .orElseThrow()
                                .logProbability()
                        / Math.log(2);
            }
            return sum / DRAWS;
        }
    }

    @Test
    @DisplayName("adds logit biases by token and by text, and bans")
    void logitBias() throws LlamaException {
        int first = ranking.get(0);
        assertThat(draws(builder -> builder.topK(3).logitBias(List.of(LogitBias.of(17, 100)))))
                .containsOnly(17);
        assertThat(greedy(builder -> builder.logitBias(List.of(LogitBias.of(17, 100)))))
                .isEqualTo(17);
        assertThat(greedy(builder -> builder.logitBias(List.of(LogitBias.of(first, LogitBias.BANNED)))))
                .isEqualTo(ranking.get(1));
        assertThat(greedy(builder -> builder.logitBias(List.of(LogitBias.of(first, -3), LogitBias.of(first, 3)))))
                .isEqualTo(first);
        assertThat(greedy(builder -> builder.logitBias(
                        List.of(LogitBias.of(first, LogitBias.BANNED), LogitBias.of(first, LogitBias.MAX_BIAS)))))
                .isEqualTo(ranking.get(1));
        int[] upon = vocabulary.tokenize("upon", false, false);
        assertThat(new HashSet<>(draws(builder -> builder.logitBias(List.of(LogitBias.of("upon", 50))))))
                .isEqualTo(Arrays.stream(upon).boxed().collect(Collectors.toSet()));
        List<LogitBias> most = Collections.nCopies(4096, LogitBias.of(17, LogitBias.MAX_BIAS));
        assertThat(draws(builder -> builder.topK(200).temperature(0.001).logitBias(most)))
                .containsOnly(17);
    }

    @Test
    @DisplayName("refuses a bias of a token that the model does not have")
    void unknownToken() {
        GenerateParameters parameters = GenerateParameters.builder()
                .logitBias(List.of(LogitBias.of(vocabulary.size(), 1)))
                .build();
        assertThatThrownBy(() -> sampler(parameters)).isInstanceOfSatisfying(InvalidRequestException.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.OUT_OF_RANGE);
            assertThat(error.parameter()).contains("logit_bias");
            assertThat(error).hasMessageContaining("0 to 312");
        });
    }

    @Test
    @DisplayName("never ends the text if it is to ignore ends, whatever else is said")
    void ignoreEos() throws LlamaException {
        int eos = vocabulary.eos();
        List<LogitBias> wanted = List.of(LogitBias.of(eos, 100));
        assertThat(draws(builder -> builder.logitBias(wanted))).containsOnly(eos);
        assertThat(draws(builder -> builder.logitBias(wanted).ignoreEos(true))).doesNotContain(eos);
    }

    @Test
    @DisplayName("tells when no token is left")
    void nothingLeft() throws LlamaException {
        List<LogitBias> all = IntStream.range(0, vocabulary.size())
                .mapToObj(token -> LogitBias.of(token, LogitBias.BANNED))
                .toList();
        for (UnaryOperator<GenerateParameters.Builder> way : List.<UnaryOperator<GenerateParameters.Builder>>of(
                builder -> builder,
                builder -> builder.topK(40),
                builder -> builder.temperature(0),
                builder -> builder.temperature(0).repeatPenalty(1.1),
                builder -> builder.mirostat(1))) {
            try (TokenSampler sampler =
                    sampler(open(builder -> way.apply(builder).logitBias(all)))) {
                assertThat(sampler.sample(context, index)).isEmpty();
            }
        }
    }

    /** Allows some tokens, and remembers what came. */
    private static final class Allowed implements TokenConstraint {
        private final BitSet tokens = new BitSet();
        private final List<Integer> accepted = new ArrayList<>();

        Allowed(int... tokens) {
            Arrays.stream(tokens).forEach(this.tokens::set);
        }

        @Override
        public boolean allows(int token) {
            return tokens.get(token);
        }

        @Override
        public BitSet allowed() {
            return tokens;
        }

        @Override
        public void accept(int token) {
            accepted.add(token);
        }
    }

    @Test
    @DisplayName("keeps to a constraint, and tells it what was chosen")
    void constraint() throws LlamaException {
        int third = ranking.get(2);
        int fifth = ranking.get(4);
        for (UnaryOperator<GenerateParameters.Builder> way : List.<UnaryOperator<GenerateParameters.Builder>>of(
                builder -> builder.temperature(0),
                builder -> builder.topK(1),
                builder -> builder.temperature(0).repeatPenalty(1.01),
                builder -> builder.minP(1))) {
            Allowed rule = new Allowed(fifth, third);
            try (TokenSampler sampler = TokenSampler.of(
                    library, vocabulary, Pieces.of(vocabulary), CONTEXT_SIZE, open(way), Optional.of(rule))) {
                assertThat(next(sampler)).isEqualTo(third);
                assertThat(rule.accepted).containsExactly(third);
            }
        }
        Allowed nothing = new Allowed();
        try (TokenSampler sampler = TokenSampler.of(
                library,
                vocabulary,
                Pieces.of(vocabulary),
                CONTEXT_SIZE,
                open(builder -> builder),
                Optional.of(nothing))) {
            assertThat(sampler.sample(context, index)).isEmpty();
            assertThat(nothing.accepted).isEmpty();
        }
    }

    @Test
    @DisplayName("draws under a constraint with the same seed what it draws without, where that is allowed")
    void constraintKeepsSeed() throws LlamaException {
        int[] all = IntStream.range(0, vocabulary.size()).toArray();
        try (TokenSampler free = sampler(open(builder -> builder));
                TokenSampler bound = TokenSampler.of(
                        library,
                        vocabulary,
                        Pieces.of(vocabulary),
                        CONTEXT_SIZE,
                        open(builder -> builder),
                        Optional.of(new Allowed(all)))) {
            assertThat(draws(bound)).isEqualTo(draws(free));
        }
    }

    @Test
    @DisplayName("tells the model's own log-probabilities of the chosen and the best tokens")
    void probabilities() throws LlamaException {
        double[] expected = softmax(1);
        Map<Integer, TokenProbability> seen = new HashMap<>();
        try (TokenSampler sampler = sampler(open(builder ->
                builder.temperature(3).logitBias(List.of(LogitBias.of(9, 4))).logProbabilities(5)))) {
            for (int i = 0; i < DRAWS; i++) {
                SampledToken sampled = sampler.sample(context, index).orElseThrow();
                seen.put(sampled.token(), sampled.probability().orElseThrow());
            }
        }
        assertThat(seen).hasSizeGreaterThan(50).containsKey(9);
        seen.forEach((token, probability) -> {
            assertThat(probability.token()).isEqualTo(token);
            assertThat(probability.logProbability()).isCloseTo(Math.log(expected[token]), within(1e-5));
            assertThat(probability.top()).extracting(TokenProbability::token).isEqualTo(ranking.subList(0, 5));
            assertThat(probability.top()).allSatisfy(one -> assertThat(one.logProbability())
                    .isCloseTo(Math.log(expected[one.token()]), within(1e-5)));
        });
        try (TokenSampler sampler = sampler(open(builder -> builder.n(2).bestOf(3)))) {
            SampledToken sampled = sampler.sample(context, index).orElseThrow();
            TokenProbability probability = sampled.probability().orElseThrow();
            assertThat(probability.logProbability()).isCloseTo(Math.log(expected[sampled.token()]), within(1e-5));
            assertThat(probability.top()).isEmpty();
        }
        try (TokenSampler sampler = sampler(open(builder -> builder.n(2).bestOf(2)))) {
            assertThat(sampler.sample(context, index).orElseThrow().probability())
                    .isEmpty();
        }
    }

    @Test
    @DisplayName("tells the log-probabilities after all samplers, which sum to 1, if asked to")
    void probabilitiesAfterSampling() throws LlamaException {
        try (TokenSampler sampler = sampler(open(
                builder -> builder.topK(4).temperature(2).logProbabilities(10).postSamplingProbabilities(true)))) {
            TokenProbability probability =
                    sampler.sample(context, index).orElseThrow().probability().orElseThrow();
            double[] weights = softmax(2);
            double sum = best(4).stream().mapToDouble(token -> weights[token]).sum();
            assertThat(probability.top()).extracting(TokenProbability::token).isEqualTo(ranking.subList(0, 4));
            assertThat(probability.top()).allSatisfy(one -> assertThat(Math.exp(one.logProbability()))
                    .isCloseTo(weights[one.token()] / sum, within(1e-5)));
            assertThat(probability.top().stream()
                            .mapToDouble(one -> Math.exp(one.logProbability()))
                            .sum())
                    .isCloseTo(1, within(1e-6));
        }
        try (TokenSampler sampler = sampler(
                open(builder -> builder.temperature(0).logProbabilities(3).postSamplingProbabilities(true)))) {
            TokenProbability probability =
                    sampler.sample(context, index).orElseThrow().probability().orElseThrow();
            assertThat(probability.logProbability()).isZero();
            assertThat(probability.top()).hasSize(1);
        }
    }

    @Test
    @DisplayName("tells a byte of a character as that byte")
    void bytes() throws LlamaException {
        // Token 3 + 0xE2 is the first byte of many characters.
        try (TokenSampler sampler = sampler(open(builder ->
                builder.logitBias(List.of(LogitBias.of(3 + 0xE2, 1000))).logProbabilities(1)))) {
            TokenProbability probability =
                    sampler.sample(context, index).orElseThrow().probability().orElseThrow();
            assertThat(probability.bytes()).containsExactly(0xE2);
            assertThat(probability.text()).isEqualTo("\uFFFD");
        }
    }

    /** Every number at its smallest and its largest, alone and together: nothing may end the process, and a token comes out. */
    @Test
    @DisplayName("survives every parameter at both ends of its range")
    void extremes() throws LlamaException {
        List<Parameter> scalars = Arrays.stream(Parameter.values())
                .filter(parameter ->
                        parameter.type() == Parameter.Type.NUMBER || parameter.type() == Parameter.Type.WHOLE)
                .toList();
        List<UnaryOperator<GenerateParameters.Builder>> active = List.of(
                builder -> builder,
                builder -> builder.typicalP(0.5)
                        .topNSigma(1)
                        .xtcProbability(1)
                        .repeatPenalty(1.2)
                        .dryMultiplier(1),
                builder -> builder.temperature(0.5)
                        .dynatempRange(100)
                        .dynatempExponent(100)
                        .topP(0.5),
                builder -> builder.mirostat(1),
                builder -> builder.mirostat(2),
                builder -> builder.samplers(
                        List.of(Sampler.TEMPERATURE, Sampler.XTC, Sampler.TYPICAL_P, Sampler.TOP_K, Sampler.DRY)));
        for (UnaryOperator<GenerateParameters.Builder> base : active) {
            for (Parameter one : scalars) {
                for (double value : new double[] {one.min(), one.max()}) {
                    survives(builder -> with(base.apply(builder), one, value));
                }
            }
            survives(builder -> {
                scalars.forEach(one -> with(base.apply(builder), one, one.max()));
                return builder;
            });
            survives(builder -> {
                scalars.forEach(one -> with(base.apply(builder), one, one.min()));
                return builder.temperature(0.001);
            });
        }
    }

    private static GenerateParameters.Builder with(GenerateParameters.Builder builder, Parameter one, double value) {
        if (one == Parameter.TOP_P && value == 0) {
            return builder.topP(Double.MIN_VALUE);
        }
        return one.type() == Parameter.Type.WHOLE ? builder.set(one, (long) value) : builder.set(one, value);
    }

    private static void survives(UnaryOperator<GenerateParameters.Builder> settings) throws LlamaException {
        try (TokenSampler sampler = sampler(open(settings))) {
            int[] prompt = {260, 261, 262, 260, 261, 262, 260, 261};
            sampler.acceptPrompt(prompt, prompt.length);
            for (int i = 0; i < 8; i++) {
                assertThat(next(sampler)).isBetween(0, vocabulary.size() - 1);
            }
        }
    }
}
