package io.hyperion.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.hyperion.api.ContextExceededException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Prompt;
import io.hyperion.api.Prompt.Part;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.core.gguf.TinyModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A prompt")
@Timeout(60)
class PromptTokensTest {
    private static final GenerateParameters SHORT =
            GenerateParameters.builder().temperature(0).maxTokens(4).build();
    private static final int CONTEXT = 128;

    private static LoadedModelRig rig;

    @BeforeAll
    static void open(@TempDir Path directory) {
        rig = new LoadedModelRig(TinyModel.llama().exact().fillsGaps(), directory, CONTEXT, 1);
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    private static GenerateReply generate(Prompt prompt) {
        return rig.generate(new ModelRequest(prompt, SHORT));
    }

    private static String render(Prompt prompt, GenerateParameters parameters) {
        return rig.model().render(new ModelRequest(prompt, parameters));
    }

    private static List<Integer> ids(String text) {
        return rig
                .model()
                .tokenizer()
                .tokenize(new TokenizeRequest(Optional.empty(), text, false, false))
                .tokens()
                .stream()
                .map(token -> token.id())
                .toList();
    }

    @Nested
    @DisplayName("of tokens and texts")
    class Mixed {
        @Test
        @DisplayName("gives what the same text gives")
        void sameAsText() {
            GenerateReply text = generate(new Prompt.Raw("once upon a time"));
            List<Integer> tokens = new ArrayList<>(List.of(1));
            tokens.addAll(ids("once upon a time"));
            GenerateReply mixed = generate(new Prompt.Mixed(List.of(new Part.Tokens(tokens))));
            assertThat(mixed.text()).isEqualTo(text.text());
            assertThat(mixed.promptTokens()).isEqualTo(text.promptTokens());
            assertThat(mixed.prompt()).isEqualTo("<s> once upon a time");
        }

        @Test
        @DisplayName("begins with the model's own first token if its first part is a text, and only then")
        void firstToken() {
            Prompt textFirst = new Prompt.Mixed(List.of(
                    new Part.Text("once"), new Part.Tokens(ids(" upon")), new Part.Text("a"), new Part.Text("<s>b")));
            assertThat(render(textFirst, SHORT)).startsWith("<s> once").endsWith("a<s> b");
            Prompt tokensFirst = new Prompt.Mixed(List.of(new Part.Tokens(ids("once")), new Part.Text(" upon")));
            assertThat(render(tokensFirst, SHORT)).startsWith(" once").doesNotContain("<s>");
            assertThat(generate(tokensFirst).prompt()).isEqualTo(render(tokensFirst, SHORT));
        }

        @Test
        @DisplayName("is refused for a token that the model does not have")
        void unknownToken() {
            int size = TinyModel.tokens().size() + 5;
            for (int token : new int[] {size, Integer.MAX_VALUE}) {
                Prompt prompt = new Prompt.Mixed(List.of(new Part.Text("a"), new Part.Tokens(List.of(3, token))));
                InvalidRequestException error =
                        catchThrowableOfType(InvalidRequestException.class, () -> generate(prompt));
                assertThat(error.code()).isEqualTo(ErrorCode.OUT_OF_RANGE);
                assertThat(error.parameter()).contains("prompt");
                assertThat(error).hasMessageContaining(token + " at index 1").hasMessageContaining("" + (size - 1));
            }
            assertThat(generate(new Prompt.Mixed(List.of(new Part.Tokens(List.of(size - 1)))))
                            .completionTokens())
                    .isPositive();
        }

        @Test
        @DisplayName("is refused if it is longer than the context")
        void tooLong() {
            List<Integer> tokens = IntStream.range(0, CONTEXT).mapToObj(i -> 5).toList();
            assertThat(catchThrowableOfType(
                            ContextExceededException.class,
                            () -> generate(new Prompt.Mixed(List.of(new Part.Tokens(tokens))))))
                    .hasMessageContaining(CONTEXT + " tokens");
        }
    }

    @Nested
    @DisplayName("with a gap")
    class WithAGap {
        private Prompt gap(String prefix, String suffix, String begin, Prompt.Extra... files) {
            return new Prompt.Infill(prefix, suffix, begin, List.of(files));
        }

        @Test
        @DisplayName("has the parts behind the tokens that mark them, and the filling's begin before the suffix")
        void parts() {
            Prompt gap = gap("once", "the end", "upon");
            assertThat(render(gap, SHORT))
                    .isEqualTo(
                            "[repository] myproject\n[file] filename\n<s>[prefix] once upon[suffix] the end[middle]");
            GenerateReply reply = generate(gap);
            assertThat(reply.prompt()).isEqualTo(render(gap, SHORT));
            assertThat(reply.completionTokens()).isPositive();
        }

        @Test
        @DisplayName("has other files first, by their names")
        void files() {
            Prompt gap = gap("a", "b", "", new Prompt.Extra("x.c", "int x"), new Prompt.Extra("", "y"));
            assertThat(render(gap, SHORT))
                    .isEqualTo("[repository] myproject\n[file] x.c\n int x[file] tmp\n y[file] filename\n"
                            + "<s>[prefix] a[suffix] b[middle]");
        }

        @Test
        @DisplayName("takes the texts of control tokens in the texts around it as they are")
        void noControlTokens() {
            assertThat(ids("[middle]").size()).isGreaterThan(3);
            Prompt gap = gap("[middle]", "</s>", "");
            int around = generate(gap("", "", "")).promptTokens();
            assertThat(generate(gap).promptTokens())
                    .isEqualTo(around + ids("[middle]").size() + ids("</s>").size());
        }

        @Test
        @DisplayName("keeps what is next to the gap where the context is too small: three quarters before, one behind")
        void tooLong() {
            String before = "b".repeat(300) + "n";
            String behind = "m" + "a".repeat(300);
            String rendered = render(gap(before, behind, ""), SHORT);
            // 128 tokens without 4 for the completion and 4 marks.
            assertThat(rendered).matches("<s>\\[prefix]b{89}n\\[suffix] m?a*\\[middle]");
            assertThat(generate(gap(before, behind, "")).promptTokens()).isEqualTo(CONTEXT - 4);
            // What one does not need the other one gets.
            assertThat(render(gap(before, "m", ""), SHORT)).matches("<s>\\[prefix]b{117}n\\[suffix] m\\[middle]");
            assertThat(render(gap("n", behind, ""), SHORT)).matches("<s>\\[prefix] n\\[suffix] ma{116}\\[middle]");
            // Without a limit a quarter of the context is the completion's.
            int unlimited = rig.generate(new ModelRequest(gap(before, behind, ""), GenerateParameters.none()))
                    .promptTokens();
            assertThat(unlimited).isEqualTo(CONTEXT * 3 / 4);
        }

        @Test
        @DisplayName("takes of other files what is left of the context, the nearest ones")
        void restForFiles() {
            Prompt gap = gap("b", "a", "", new Prompt.Extra("far.c", "f".repeat(300)), new Prompt.Extra("near.c", "n"));
            assertThat(render(gap, SHORT))
                    .matches("f+\\[file] near.c\n n\\[file] filename\n<s>\\[prefix] b\\[suffix] a\\[middle]");
            assertThat(generate(gap).promptTokens()).isEqualTo(CONTEXT - 4);
        }

        @Test
        @DisplayName("is refused if the begin of its filling leaves no room")
        void beginTooLong() {
            assertThat(catchThrowableOfType(
                            ContextExceededException.class, () -> generate(gap("", "", "b".repeat(130)))))
                    .hasMessageContaining("begin");
        }

        @Test
        @DisplayName("is refused by a model that has no tokens for it")
        void notSupported(@TempDir Path directory) {
            try (LoadedModelRig plain = new LoadedModelRig(TinyModel.llama(), directory, 128, 1)) {
                InvalidRequestException error = catchThrowableOfType(
                        InvalidRequestException.class,
                        () -> plain.generate(new ModelRequest(gap("a", "b", ""), SHORT)));
                assertThat(error.code()).isEqualTo(ErrorCode.NOT_SUPPORTED);
                assertThat(error.parameter()).contains("input_suffix");
            }
        }
    }

    @Test
    @DisplayName("of a million control tokens is refused before all of them are gone through")
    void manyControlTokens() {
        String text = "[file]".repeat(1_000_000);

        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (Prompt prompt : List.of(new Prompt.Raw(text), new Prompt.Mixed(List.of(new Part.Text(text))))) {
                assertThat(catchThrowableOfType(ContextExceededException.class, () -> generate(prompt)))
                        .hasMessageContaining("more than")
                        .hasMessageContaining("holds " + CONTEXT);
            }
        });
    }
}
