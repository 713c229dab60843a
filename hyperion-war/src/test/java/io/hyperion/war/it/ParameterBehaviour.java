package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.Parameter;
import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.it.Wire.Event;
import io.hyperion.war.it.Wire.Events;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** That what is asked for over the wire acts, and is refused where it cannot. */
interface ParameterBehaviour extends Behaviour {
    String PROMPT = "'prompt':'Once upon a time'";

    /** By chance, among all tokens. */
    String BY_CHANCE = PROMPT + ",'temperature':1.5,'top_k':0,'top_p':1,'min_p':0";

    @Test
    @DisplayName("a grammar constrains both protocols, whole, streamed and on a socket")
    default void grammar() throws IOException, InterruptedException {
        String fields = PROMPT + ",'seed':7,'grammar':'root ::= [0-9]{3} (\\u0022 cat\\u0022 | \\u0022 dog\\u0022)'";
        String expected = "[0-9]{3} (cat|dog)";

        JsonObject generated = wire().post("/generate", "{" + fields + "}").json();
        assertThat(generated.getString("output")).matches(expected);
        assertThat(generated.getString("finish_reason")).isEqualTo("stop");
        JsonObject completed = wire().post("/completion", "{" + fields + "}").json();
        assertThat(completed.getString("content")).isEqualTo(generated.getString("output"));
        assertThat(completed.getBoolean("stopped_eos")).isTrue();
        try (Events stream = wire().stream("/completion", "{" + fields + ",'stream':true}")) {
            assertThat(stream.all().stream()
                            .map(event -> event.data().getString("content"))
                            .collect(Collectors.joining()))
                    .isEqualTo(generated.getString("output"));
        }
        try (Socket socket = new Socket(wire().base())) {
            socket.send("{'id':1,'method':'generate','params':{" + fields + "}}");
            assertThat(socket.end().getString("output")).isEqualTo(generated.getString("output"));
        }
    }

    @Test
    @DisplayName("a wrong grammar is refused with line, column and rule, before anything is generated")
    default void wrongGrammar() throws InterruptedException {
        String fields = PROMPT + ",'grammar':'root ::= b\\nb ::= \\u0022x\\u0022 d'";
        Answer generate = wire().post("/generate", "{" + fields + ",'stream':true}");
        assertThat(generate.status()).isEqualTo(400);
        assertThat(generate.error().getString("code")).isEqualTo("HYP-1011");
        assertThat(generate.error().getString("parameter")).isEqualTo("grammar");
        assertThat(generate.error().getString("message")).contains("line 2", "column 11", "'b'", "'d'");

        Answer completion = wire().post("/completion", "{" + fields + "}");
        assertThat(completion.status()).isEqualTo(400);
        assertThat(completion.json().getJsonObject("error").getString("message"))
                .isEqualTo(generate.error().getString("message"));
        try (Socket socket = new Socket(wire().base())) {
            socket.send("{'id':1,'method':'completion','params':{" + fields + "}}");
            JsonObject frame = socket.next();
            assertThat(frame.getString("code")).isEqualTo("HYP-1011");
            assertThat(frame.getString("parameter")).isEqualTo("grammar");
        }
    }

    @Test
    @DisplayName("a logit bias acts in each of its forms")
    default void logitBias() {
        JsonObject plain = wire().post("/completion", "{" + PROMPT + ",'temperature':0,'n_predict':4,'n_probs':2}")
                .json();
        JsonArray first = token(plain, 0).getJsonArray("top_logprobs");
        int best = first.getJsonObject(0).getInt("id");
        int second = first.getJsonObject(1).getInt("id");
        assertThat(token(plain, 0).getInt("id")).isEqualTo(best);

        for (String bias : List.of(
                "[[" + best + ",false]]",
                "{'" + best + "':false}",
                "[[" + second + ",1000]]",
                "{'" + second + "':1000}",
                "{'" + best + "':-1000}")) {
            assertThat(firstToken(bias)).as(bias).isEqualTo(second);
        }
        // A text is each of its tokens: of all letters together no word can be made.
        String letters = IntStream.rangeClosed('a', 'z')
                .mapToObj(letter -> "['" + (char) letter + "',10000]")
                .collect(Collectors.joining(",", "[", "]"));
        String output = wire().post(
                        "/generate",
                        "{" + PROMPT + ",'temperature':0,'max_tokens':8,'ignore_eos':true,'logit_bias':" + letters
                                + "}")
                .json()
                .getString("output");
        assertThat(output).matches("[a-z ]{8,16}");
    }

    @Test
    @DisplayName("several completions come in a list, and their pieces with an index")
    default void several() throws IOException {
        String fields = BY_CHANCE + ",'seed':11,'n':3";
        JsonObject generated =
                wire().post("/generate", "{" + fields + ",'max_tokens':12}").json();
        List<String> outputs = texts(generated, "output");
        assertThat(outputs).hasSize(3).doesNotHaveDuplicates();
        assertThat(generated.getString("output")).isEqualTo(outputs.get(0));
        assertThat(generated.getInt("completion_tokens"))
                .isEqualTo(generated.getJsonArray("completions").stream()
                        .mapToInt(one -> one.asJsonObject().getInt("completion_tokens"))
                        .sum());

        JsonObject completed =
                wire().post("/completion", "{" + fields + ",'n_predict':12}").json();
        assertThat(texts(completed, "content")).isEqualTo(outputs);
        assertThat(completed.getString("content")).isEqualTo(outputs.get(0));

        try (Events stream = wire().stream("/completion", "{" + fields + ",'n_predict':12,'stream':true}")) {
            List<Event> events = stream.all();
            List<Event> pieces = events.subList(0, events.size() - 1);
            for (int i = 0; i < 3; i++) {
                int index = i;
                assertThat(pieces.stream()
                                .filter(piece -> piece.data().getInt("index") == index)
                                .map(piece -> piece.data().getString("content"))
                                .collect(Collectors.joining()))
                        .isEqualTo(outputs.get(index));
            }
        }
    }

    @Test
    @DisplayName("the best of several is one of them, and the most probable")
    default void bestOf() {
        String fields = BY_CHANCE + ",'seed':11,'max_tokens':12";
        List<String> all =
                texts(wire().post("/generate", "{" + fields + ",'n':3}").json(), "output");
        JsonObject best = wire().post("/generate", "{" + fields + ",'best_of':3,'n_probs':1}")
                .json();

        assertThat(best.containsKey("completions")).isFalse();
        assertThat(best.getString("output")).isIn(all);
        JsonObject ranked = wire().post("/generate", "{" + fields + ",'n':3,'best_of':4,'n_probs':1}")
                .json();
        List<Double> means = ranked.getJsonArray("completions").stream()
                .map(JsonValue::asJsonObject)
                .map(one -> one.getJsonArray("completion_probabilities").stream()
                        .mapToDouble(token ->
                                token.asJsonObject().getJsonNumber("logprob").doubleValue())
                        .average()
                        .orElseThrow())
                .toList();
        assertThat(means).hasSize(3).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    }

    @Test
    @DisplayName("probabilities are told of each token, in llama.cpp's form, whole and streamed")
    default void probabilities() throws IOException {
        String fields = PROMPT + ",'temperature':0,'n_predict':6,'ignore_eos':true,'n_probs':3";
        JsonObject whole = wire().post("/completion", "{" + fields + "}").json();
        JsonArray tokens = whole.getJsonArray("completion_probabilities");

        assertThat(tokens).hasSize(6);
        for (JsonValue value : tokens) {
            JsonObject token = value.asJsonObject();
            assertThat(token.keySet()).containsExactly("id", "token", "bytes", "logprob", "top_logprobs");
            List<JsonObject> top = token.getJsonArray("top_logprobs").getValuesAs(JsonObject.class);
            assertThat(top).hasSize(3);
            assertThat(top.get(0).getInt("id")).isEqualTo(token.getInt("id"));
            assertThat(top.stream().map(one -> one.getJsonNumber("logprob").doubleValue()))
                    .allMatch(logarithm -> logarithm <= 0)
                    .isSortedAccordingTo((a, b) -> Double.compare(b, a));
        }
        assertThat(tokens.stream()
                        .map(token -> token.asJsonObject().getString("token"))
                        .collect(Collectors.joining()))
                .isEqualTo(whole.getString("content"));

        try (Events stream = wire().stream("/completion", "{" + fields + ",'stream':true}")) {
            List<Event> events = stream.all();
            assertThat(events.stream()
                            .filter(event -> event.data().containsKey("completion_probabilities"))
                            .flatMap(event -> event.data().getJsonArray("completion_probabilities").stream())
                            .map(token -> token.asJsonObject().getInt("id")))
                    .isEqualTo(tokens.stream()
                            .map(token -> token.asJsonObject().getInt("id"))
                            .toList());
            assertThat(events.get(events.size() - 1).data().containsKey("completion_probabilities"))
                    .isFalse();
        }
        JsonObject after = wire().post(
                        "/generate",
                        "{" + BY_CHANCE + ",'max_tokens':3,'n_probs':2,'seed':3,"
                                + "'ignore_eos':true,'post_sampling_probs':true}")
                .json();
        JsonObject token = token(after, 0);
        assertThat(token.keySet()).containsExactly("id", "token", "bytes", "prob", "top_probs");
        assertThat(token.getJsonNumber("prob").doubleValue()).isBetween(0.0, 1.0);
    }

    @Test
    @DisplayName("a seed gives its text again, in both protocols, and another seed another text")
    default void seeds() {
        Set<String> texts = new HashSet<>();
        for (int seed = 1; seed <= 4; seed++) {
            String fields = BY_CHANCE + ",'seed':" + seed;
            String text = wire().post("/generate", "{" + fields + ",'max_tokens':16}")
                    .json()
                    .getString("output");
            assertThat(wire().post("/completion", "{" + fields + ",'n_predict':16}")
                            .json()
                            .getString("content"))
                    .isEqualTo(text);
            texts.add(text);
        }
        assertThat(texts).hasSize(4);
    }

    @Test
    @DisplayName("a prompt's tokens are evaluated once, unless the caller wants them evaluated again")
    default void cached() {
        String fields = "'prompt':'A prompt that nobody else sends. It is so long that it is worth keeping: "
                + "Dogs bark. ".repeat(20) + "','n_predict':1,'temperature':0";
        JsonObject first = wire().post("/completion", "{" + fields + ",'cache_prompt':false}")
                .json();
        assertThat(first.getInt("tokens_cached")).isZero();
        assertThat(first.getJsonObject("timings").getInt("prompt_n")).isEqualTo(first.getInt("tokens_evaluated"));
        assertThat(wire().post("/completion", "{" + fields + "}").json().getInt("tokens_cached"))
                .as("nothing is left by one that does not share, but the begin of all texts")
                .isLessThan(2);

        JsonObject second = wire().post("/completion", "{" + fields + "}").json();
        assertThat(second.getInt("tokens_cached")).isEqualTo(second.getInt("tokens_evaluated") - 1);
        assertThat(second.getJsonObject("timings").getInt("prompt_n")).isEqualTo(1);
        assertThat(second.getString("content")).isEqualTo(first.getString("content"));
        assertThat(wire().post("/generate", "{" + fields.replace("n_predict", "max_tokens") + "}")
                        .json()
                        .getInt("cached_tokens"))
                .isEqualTo(second.getInt("tokens_cached"));
        assertThat(wire().post("/completion", "{" + fields + ",'cache_prompt':false}")
                        .json()
                        .getInt("tokens_cached"))
                .isZero();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"'kt'", "['top_k','temperature']", "['top-k','temp']"})
    @DisplayName("only the samplers that are named act")
    default void samplers(String samplers) {
        String fields = PROMPT + ",'max_tokens':12,'temperature':5,'seed':2";
        String greedy = wire().post("/generate", "{" + PROMPT + ",'max_tokens':12,'temperature':0}")
                .json()
                .getString("output");

        assertThat(wire().post("/generate", "{" + fields + ",'top_k':1,'samplers':" + samplers + "}")
                        .json()
                        .getString("output"))
                .isEqualTo(greedy);
        assertThat(wire().post("/generate", "{" + fields + ",'top_k':1,'samplers':'t'}")
                        .json()
                        .getString("output"))
                .isNotEqualTo(greedy);
    }

    @Test
    @DisplayName("a text goes on beyond its context if the caller wants that, and ends there if not")
    default void contextShift() {
        int context = wire().get("/models/" + Fixture.SOUND).json().getInt("trained_context_length");
        String fields = PROMPT + ",'n_predict':" + context + ",'ignore_eos':true,'temperature':0";
        JsonObject shifted = wire().post("/completion", "{" + fields + ",'context_shift':true}")
                .json();
        assertThat(shifted.getInt("tokens_predicted")).isEqualTo(context);
        assertThat(shifted.getBoolean("truncated")).isTrue();

        JsonObject ended = wire().post("/completion", "{" + fields + "}").json();
        assertThat(ended.getInt("tokens_predicted")).isEqualTo(context - ended.getInt("tokens_evaluated"));
        assertThat(ended.getBoolean("stopped_limit")).isTrue();
        assertThat(ended.getBoolean("truncated")).isTrue();
        assertThat(wire().post("/completion", "{" + PROMPT + ",'n_predict':2,'ignore_eos':true}")
                        .json()
                        .getBoolean("truncated"))
                .isFalse();
    }

    @Test
    @DisplayName("a slot can be chosen, and what a model does not have cannot")
    default void slots() {
        assertThat(wire().post("/completion", "{" + PROMPT + ",'n_predict':1,'id_slot':3}")
                        .json()
                        .getInt("id_slot"))
                .isEqualTo(3);
        assertRefused("id_slot", "99", "HYP-1003");
        assertRefused("lora", "[{'id':0,'scale':1}]", "HYP-1003");
        assertRefused("logit_bias", "[[1000000,1]]", "HYP-1003");
    }

    /** {@return every parameter with values of a wrong type or out of its range} */
    static Stream<Parameter> parameters() {
        return Stream.of(Parameter.values());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.hyperion.war.it.ParameterBehaviour#parameters")
    @DisplayName("a parameter of a wrong type, out of its range or not even JSON is refused by its name")
    default void wrong(Parameter parameter) {
        String name = parameter.wireName();
        assertRefused(name, "NaN", "HYP-1006");
        assertRefused(name, "-Infinity", "HYP-1006");
        assertRefused(name, parameter.isScalar() ? "'1'" : "7", "HYP-1002");
        assertRefused(name, "{'a':[]}", "HYP-1002");
        if (parameter.type() == Parameter.Type.NUMBER || parameter.type() == Parameter.Type.WHOLE) {
            assertRefused(name, "true", "HYP-1002");
            assertRefused(name, "1e400", "HYP-1003");
            assertRefused(name, Long.toString((long) parameter.max() + 1), "HYP-1003");
            assertRefused(name, Long.toString((long) parameter.min() - 1), "HYP-1003");
        }
        if (parameter.type() == Parameter.Type.WHOLE) {
            assertRefused(name, "1.5", "HYP-1002");
        }
    }

    private void assertRefused(String name, String value, String code) {
        Answer generate = wire().post("/generate", "{" + PROMPT + ",'" + name + "':" + value + "}");
        assertThat(generate.status()).as(value).isEqualTo(400);
        assertThat(generate.error().getString("code")).as(value).isEqualTo(code);
        assertThat(generate.error().getString("parameter")).as(value).isEqualTo(name);
        assertThat(generate.error().getString("message")).as(value).contains("'" + name + "'");
    }

    private int firstToken(String bias) {
        return token(
                        wire().post(
                                        "/completion",
                                        "{" + PROMPT + ",'temperature':0,'n_predict':1,'n_probs':1,'logit_bias':" + bias
                                                + "}")
                                .json(),
                        0)
                .getInt("id");
    }

    private static JsonObject token(JsonObject reply, int index) {
        return reply.getJsonArray("completion_probabilities").getJsonObject(index);
    }

    private static List<String> texts(JsonObject reply, String field) {
        JsonArray completions = reply.getJsonArray("completions");
        assertThat(completions.stream().map(one -> one.asJsonObject().getInt("index")))
                .containsExactlyElementsOf(
                        IntStream.range(0, completions.size()).boxed().toList());
        return completions.stream()
                .map(one -> one.asJsonObject().getString(field))
                .toList();
    }
}
