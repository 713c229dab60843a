package io.hyperion.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("A reply of a type")
class TypedRepliesTest {
    public record Invoice(String number, LocalDate date, @Size(min = 1) List<Line> lines, Optional<String> note) {}

    public record Line(String article, int count) {}

    public record Held(Thread thread) {}

    private static final String JSON =
            "{\"number\":\"A-1\",\"date\":\"2026-11-21\",\"lines\":[{\"article\":\"nail\",\"count\":100}],\"note\":null}";
    private static final Invoice INVOICE =
            new Invoice("A-1", LocalDate.of(2026, 11, 21), List.of(new Line("nail", 100)), Optional.empty());

    private final ScriptedModel model = new ScriptedModel();
    private final HyperionClient client = model.client();

    private static GenerateRequest.Builder request() {
        return GenerateRequest.builder().user("Read this invoice");
    }

    @Test
    @DisplayName("is an object, and the request holds the schema of its type")
    void object() {
        model.says(JSON, FinishReason.STOP);
        Invoice invoice = client.generate(request().temperature(0).build(), Invoice.class);
        assertThat(invoice).isEqualTo(INVOICE);
        assertThat(model.requests.get(0).parameters().temperature()).hasValue(0);
        assertThat(model.requests.get(0).responseFormat())
                .isInstanceOfSatisfying(ResponseFormat.JsonSchema.class, format -> assertThat(
                                format.schema().get("required"))
                        .isEqualTo(List.of("number", "date", "lines", "note")));
    }

    @Test
    @DisplayName("may be of a type with type arguments")
    void generic() {
        model.says("[" + JSON + "]", FinishReason.STOP).says("{\"a\":[true]}", FinishReason.STOP);
        List<Invoice> invoices = client.generate(request().build(), new TypeRef<List<@NotNull @Valid Invoice>>() {});
        assertThat(invoices).containsExactly(INVOICE);
        Map<String, List<Boolean>> truths =
                client.generate(request().build(), new TypeRef<Map<String, List<Boolean>>>() {});
        assertThat(truths).isEqualTo(Map.of("a", List.of(true)));
    }

    @Test
    @DisplayName("may be a number, a text or an enum's constant, and may be left open")
    void scalars() {
        model.says("42", FinishReason.STOP).says("\"USER\"", FinishReason.STOP).says("null", FinishReason.STOP);
        int number = client.generate(request().build(), int.class);
        assertThat(number).isEqualTo(42);
        assertThat(client.generate(request().build(), Role.class)).isEqualTo(Role.USER);
        assertThat(client.generate(request().build(), new TypeRef<Optional<Invoice>>() {}))
                .isEmpty();
    }

    @Test
    @DisplayName("that was cut short is an error of its own, with the text there is")
    void cut() {
        model.says("{\"number\":\"A", FinishReason.LENGTH);
        UnreadableReplyException error = catchThrowableOfType(
                UnreadableReplyException.class, () -> client.generate(request().build(), Invoice.class));
        assertThat(error.code()).isEqualTo(ErrorCode.INCOMPLETE_REPLY);
        assertThat(error.text()).isEqualTo("{\"number\":\"A");
        assertThat(error).hasMessageContaining("length, after 3 tokens");
    }

    @Test
    @DisplayName("that is no such object is an error of its own, with the text and the cause")
    void unreadable() {
        model.says("An invoice: 42", FinishReason.STOP).says("null", FinishReason.STOP);
        for (String text : List.of("An invoice: 42", "null")) {
            UnreadableReplyException error = catchThrowableOfType(
                    UnreadableReplyException.class,
                    () -> client.generate(request().build(), Invoice.class));
            assertThat(error.code()).isEqualTo(ErrorCode.UNREADABLE_REPLY);
            assertThat(error.text()).isEqualTo(text);
            assertThat(error).hasCauseInstanceOf(Exception.class);
        }
    }

    @Test
    @DisplayName("cannot be of a type without a schema, which is said before anything is generated")
    void unsayable() {
        assertThatThrownBy(() -> client.generate(request().build(), Held.class))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.INVALID_SCHEMA);
                    assertThat(error.parameter()).contains("response_format");
                    assertThat(error).hasMessageContaining("Held.thread is of java.lang.Thread");
                });
        assertThat(model.requests).isEmpty();
    }

    @Test
    @DisplayName("excludes another form of the text, a grammar, tools that may be called, and several texts")
    void conflicts() {
        Tool tool = new Tool("t", "", Map.of("type", "object"));
        for (GenerateRequest wrong : List.of(
                request().responseFormat(ResponseFormat.JSON_OBJECT).build(),
                request()
                        .parameters(GenerateParameters.builder()
                                .grammar("root ::= \"a\"")
                                .build())
                        .build(),
                request().tools(List.of(tool)).build(),
                request().parameters(GenerateParameters.builder().n(2).build()).build())) {
            assertThatThrownBy(() -> client.generate(wrong, Invoice.class)).isInstanceOf(InvalidRequestException.class);
        }
        model.says(JSON, FinishReason.STOP);
        GenerateRequest idle =
                request().tools(List.of(tool)).toolChoice(ToolChoice.NONE).build();
        assertThat(client.generate(idle, Invoice.class)).isEqualTo(INVOICE);
        assertThat(model.requests).hasSize(1);
    }

    @Test
    @DisplayName("has a type that is known only where it is written down directly")
    void typeRef() {
        assertThatThrownBy(TypedRepliesTest::raw).isInstanceOf(IllegalStateException.class);
    }

    @SuppressWarnings("rawtypes")
    private static void raw() {
        new TypeRef() {};
    }

    /** Runs with the API alone, in a class loader that has nothing of Jakarta. */
    @Nested
    @DisplayName("without Jakarta on the class path")
    class WithoutJakarta {
        private Class<?> load(String name) throws Exception {
            URL api = HyperionClient.class.getProtectionDomain().getCodeSource().getLocation();
            URL tests =
                    TypedRepliesTest.class.getProtectionDomain().getCodeSource().getLocation();
            URLClassLoader bare = new URLClassLoader(new URL[] {api, tests}, ClassLoader.getPlatformClassLoader());
            assertThatThrownBy(() -> bare.loadClass("jakarta.json.bind.Jsonb"))
                    .isInstanceOf(ClassNotFoundException.class);
            return bare.loadClass(name);
        }

        @Test
        @DisplayName("is refused with a clear error, while texts are generated as ever")
        void refused() throws Exception {
            Object outcome = load(Bare.class.getName()).getMethod("outcome").invoke(null);
            assertThat(outcome)
                    .asString()
                    .isEqualTo("text; ENGINE_FAILURE: There is no provider of Jakarta JSON Binding, such as Eclipse"
                            + " Yasson, on the class path");
        }
    }

    /** What an application does that has the API and nothing else. */
    public static final class Bare {
        public record Constrained(@Size(max = 3) URI link) {}

        private Bare() {}

        public static String outcome() {
            HyperionClient client =
                    new ScriptedModel().says("text", FinishReason.STOP).client();
            String text = client.generate(request().build()).text();
            try {
                client.generate(request().build(), Constrained.class);
                return text;
            } catch (HyperionException e) {
                return text + "; " + e.code() + ": " + e.getMessage();
            }
        }
    }
}
