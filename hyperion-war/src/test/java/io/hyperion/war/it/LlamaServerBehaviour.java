package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.it.Wire.Events;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What llama.cpp's server has beside {@code /completion}. */
interface LlamaServerBehaviour extends Behaviour {
    @Test
    @DisplayName("tokenize gives the tokens of a text, or with their pieces; detokenize gives the text back")
    default void tokenizes() {
        String text = "Hello, Zo\u00eb!";
        JsonArray ids =
                wire().post("/tokenize", "{'content':'" + text + "'}").json().getJsonArray("tokens");
        JsonArray pieces = wire().post("/tokenize", "{'content':'" + text + "','with_pieces':true}")
                .json()
                .getJsonArray("tokens");

        assertThat(wire().post("/detokenize", "{'tokens':" + ids + "}").json().getString("content"))
                .isEqualTo(text);
        assertThat(pieces).hasSameSizeAs(ids);
        assertThat(pieces.getValuesAs(JsonObject.class))
                .extracting(piece -> piece.getInt("id"))
                .containsExactlyElementsOf(ids.getValuesAs(JsonNumber.class).stream()
                        .map(JsonNumber::intValue)
                        .toList());
        assertThat(pieces.getJsonObject(0).getString("piece")).startsWith("H");
        JsonArray bytes = wire().post("/tokenize", "{'content':'\u2622','with_pieces':true}")
                .json()
                .getJsonArray("tokens");
        assertThat(bytes.getValuesAs(JsonObject.class))
                .as("of a character that has no token, each byte")
                .anySatisfy(piece -> assertThat(piece.getJsonArray("piece")).isNotEmpty());
    }

    @Test
    @DisplayName("tokenize makes control tokens of their texts, unless it is not to")
    default void controlTokens() {
        JsonArray control =
                wire().post("/tokenize", "{'content':'<|im_end|>'}").json().getJsonArray("tokens");
        JsonArray plain = wire().post("/tokenize", "{'content':'<|im_end|>','parse_special':false}")
                .json()
                .getJsonArray("tokens");

        assertThat(control).hasSize(1);
        assertThat(plain.size()).isGreaterThan(1);
    }

    @Test
    @DisplayName("apply-template gives the prompt that a conversation makes")
    default void applies() {
        JsonObject reply = wire().post(
                        "/apply-template",
                        "{'messages':[{'role':'user','content':'Hello'},"
                                + "{'role':'assistant','content':[{'type':'text','text':'Hi'}]},{'role':'user','content':'Bye'}]}")
                .json();
        assertThat(reply.keySet()).containsExactly("prompt");
        assertThat(reply.getString("prompt"))
                .isEqualTo("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\nHi<|im_end|>\n"
                        + "<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n");
        assertThat(wire().post(
                                "/apply-template",
                                "{'messages':[{'role':'user','content':'Hello'}],'add_generation_prompt':false}")
                        .json()
                        .getString("prompt"))
                .isEqualTo("<|im_start|>user\nHello<|im_end|>\n");
    }

    @Test
    @DisplayName("apply-template takes another template, and variables in place of its own")
    default void appliesAnother() {
        String conversation = "'messages':[{'role':'user','content':'Hello'}]";
        assertThat(wire().post(
                                "/apply-template",
                                "{" + conversation
                                        + ",'chat_template':'{{ bos_token }}{{ mood }}:{{ messages[0].content }}',"
                                        + "'chat_template_kwargs':{'bos_token':'<B>','mood':'glad'}}")
                        .json()
                        .getString("prompt"))
                .isEqualTo("<B>glad:Hello");
        assertThat(wire().post(
                                "/apply-template",
                                "{" + conversation + ",'tools':[{'type':'function','function':{'name':'look_up',"
                                        + "'parameters':{'type':'object','properties':{}}}}]}")
                        .json()
                        .getString("prompt"))
                .contains("look_up");
        Answer endless = wire().post(
                        "/apply-template",
                        "{" + conversation + ",'chat_template':'{% for i in range(1000000000) %}x{% endfor %}'}");
        assertThat(endless.status()).isEqualTo(400);
        assertThat(endless.json().getJsonObject("error").getString("type")).isEqualTo("invalid_request_error");
    }

    @Test
    @DisplayName("infill tells clearly that a model has no tokens to fill gaps with")
    default void noInfill() {
        Answer answer = wire().post("/infill", "{'input_prefix':'def f(','input_suffix':'return'}");

        assertThat(answer.status()).isEqualTo(501);
        assertThat(answer.json().getJsonObject("error").getString("type")).isEqualTo("not_supported_error");
    }

    @Test
    @DisplayName("embedding gives a vector for each text, in llama.cpp's form")
    default void embeds() {
        for (String path : new String[] {"/embedding", "/embeddings"}) {
            JsonArray one = Wire.list(wire().post(path, "{'model':'vectors','content':'A dog barks.'}")
                    .response()
                    .body());
            assertThat(one).hasSize(1);
            assertThat(one.getJsonObject(0).getInt("index")).isZero();
            JsonArray vectors = one.getJsonObject(0).getJsonArray("embedding");
            assertThat(vectors).hasSize(1);
            assertThat(length(vectors.getJsonArray(0))).isBetween(0.999, 1.001);
        }
        JsonArray two = Wire.list(
                wire().post("/embedding?model=vectors", "{'content':['A dog barks.','A cat.'],'embd_normalize':-1}")
                        .response()
                        .body());
        assertThat(two).hasSize(2);
        assertThat(length(two.getJsonObject(1).getJsonArray("embedding").getJsonArray(0)))
                .satisfies(length -> assertThat(Math.abs(length - 1)).isGreaterThan(0.001));
        JsonArray tokens = wire().post("/tokenize", "{'model':'vectors','content':'A cat.','add_special':true}")
                .json()
                .getJsonArray("tokens");
        JsonArray ofTokens =
                Wire.list(wire().post("/embedding?model=vectors", "{'content':" + tokens + ",'embd_normalize':-1}")
                        .response()
                        .body());
        assertThat(ofTokens.getJsonObject(0).getJsonArray("embedding"))
                .isEqualTo(two.getJsonObject(1).getJsonArray("embedding"));
        Answer generator = wire().post("/embedding", "{'content':'A dog barks.'}");
        assertThat(generator.status()).isEqualTo(501);
        assertThat(generator.json().getJsonObject("error").getString("message")).contains("embeddings");
    }

    private static double length(JsonArray vector) {
        return Math.sqrt(vector.getValuesAs(JsonNumber.class).stream()
                .mapToDouble(number -> number.doubleValue() * number.doubleValue())
                .sum());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"/rerank", "/reranking", "/v1/rerank", "/v1/reranking"})
    @DisplayName("reranking tells clearly that a model is not made for it")
    default void noReranker(String path) {
        Answer answer = wire().post(path, "{'query':'Which animal barks?','documents':['A dog.','A cat.']}");

        assertThat(answer.status()).as(answer.response().body()).isEqualTo(501);
        assertThat(answer.json().getJsonObject("error").getString("type")).isEqualTo("not_supported_error");
    }

    @Test
    @DisplayName("props tells what is set for a model, and no path of the server")
    default void props() {
        JsonObject props = wire().get("/props?model=single").json();

        assertThat(props.getInt("total_slots")).isEqualTo(1);
        assertThat(props.getString("model_path")).endsWith(".gguf").doesNotContain("/");
        assertThat(props.getString("chat_template")).contains("<|im_start|>");
        assertThat(props.getString("eos_token")).isEqualTo("<|im_end|>");
        assertThat(props.getString("build_info")).contains("b4916");
        assertThat(props.getJsonObject("default_generation_settings").getInt("n_ctx"))
                .isPositive();
        assertThat(props.getJsonObject("default_generation_settings")
                        .getJsonObject("params")
                        .getJsonNumber("temperature")
                        .doubleValue())
                .isEqualTo(0.8);
        assertThat(props.getString("assistant_name")).isEmpty();
        assertThat(wire().get("/props?model=nope").status()).isEqualTo(404);
        assertThat(wire().get("/props?model=missing").status()).isEqualTo(503);
    }

    @Test
    @DisplayName("slots tells what is under way, but no prompts, and fails when none is free if asked to")
    default void slotsUnderWay() throws IOException {
        assertThat(Wire.list(wire().get("/slots").response().body())).hasSizeGreaterThan(1);
        try (Events endless = occupySingle()) {
            assertThat(endless.response().statusCode()).isEqualTo(200);
            String busy = wire().get("/slots?model=single").response().body();
            JsonObject slot = Wire.list(busy).getJsonObject(0);
            assertThat(slot.getBoolean("is_processing")).isTrue();
            assertThat(slot.getJsonObject("params").getBoolean("ignore_eos")).isTrue();
            assertThat(slot.getJsonObject("next_token").getInt("n_decoded")).isPositive();
            assertThat(busy).doesNotContain("Once");
            Answer none = wire().get("/slots?model=single&fail_on_no_slot=1");
            assertThat(none.status()).isEqualTo(503);
            assertThat(none.json().getJsonObject("error").getString("type")).isEqualTo("unavailable_error");
        }
        assertSingleIsFree();
        assertThat(wire().get("/slots?fail_on_no_slot=1").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("a slot is saved to a file, erased, and restored from it")
    default void saves() {
        JsonObject reply = wire().post(
                        "/completion", "{'prompt':'Once upon a time there was','n_predict':4,'temperature':0}")
                .json();
        String slot = "/slots/" + reply.getInt("id_slot");

        JsonObject saved =
                wire().post(slot + "?action=save", "{'filename':'once.bin'}").json();
        assertThat(saved.getInt("id_slot")).isEqualTo(reply.getInt("id_slot"));
        assertThat(saved.getString("filename")).isEqualTo("once.bin");
        assertThat(saved.getInt("n_saved")).isPositive();
        assertThat(saved.getInt("n_written")).isPositive();
        assertThat(saved.getJsonObject("timings").getJsonNumber("save_ms").doubleValue())
                .isPositive();
        JsonObject erased = wire().post(slot + "?action=erase", new byte[0], "").json();
        assertThat(erased.getInt("n_erased")).isNotNegative();
        JsonObject restored =
                wire().post(slot + "?action=restore", "{'filename':'once.bin'}").json();
        assertThat(restored.getInt("n_restored")).isEqualTo(saved.getInt("n_saved"));
        assertThat(restored.getInt("n_read")).isPositive();
        assertThat(wire().post("/slots/0?action=save&model=single", "{'filename':'once.bin'}")
                        .status())
                .as("a model without a directory")
                .isEqualTo(501);
    }

    @Test
    @DisplayName("metrics are figures for Prometheus, which count what was done")
    default void metrics() {
        long before = metric("llamacpp:tokens_predicted_total");
        int predicted = wire().post("/completion", "{'prompt':'Once','n_predict':5,'ignore_eos':true}")
                .json()
                .getInt("tokens_predicted");
        // A reply may be sent before its last step is counted; that of a later request is sent after.
        wire().post("/completion", "{'prompt':'Once','n_predict':2}").json();
        assertThat(metric("llamacpp:tokens_predicted_total")).isGreaterThanOrEqualTo(before + predicted);
        Answer answer = wire().get("/metrics");
        assertThat(answer.header("Content-Type")).startsWith("text/plain").contains("version=0.0.4");
        assertThat(answer.response().body())
                .contains("hyperion_model_state{model=\"default\",state=\"loaded\"} 1")
                .contains("hyperion_model_state{model=\"missing\",state=\"failed\"} 1");
        assertThat(wire().get("/metrics?model=single").response().body())
                .contains("{model=\"single\"")
                .doesNotContain("{model=\"default\"");
        assertThat(wire().get("/metrics?model=nope").status()).isEqualTo(404);
    }

    private long metric(String name) {
        return wire().get("/metrics")
                .response()
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** Requests that are wrong: path, body, and what the message tells. */
    static Stream<Arguments> wrongOnes() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        return Stream.of(
                Arguments.of("/tokenize", "{}", "'content'"),
                Arguments.of("/tokenize", "{'content':1}", "'content'"),
                Arguments.of("/tokenize", "{'content':'x','add_special':1}", "'add_special'"),
                Arguments.of("/tokenize", "{'content':'x','with_pieces':'yes'}", "'with_pieces'"),
                Arguments.of("/tokenize", "{'content':'\\u0000'}", "NUL"),
                Arguments.of("/tokenize", "{'content':" + deep + "}", "64"),
                Arguments.of("/tokenize", "{'content':'" + "x".repeat(Fixture.BODY_LIMIT) + "'}", "larger"),
                Arguments.of("/tokenize", "nonsense", "JSON"),
                Arguments.of("/detokenize", "{}", "'tokens'"),
                Arguments.of("/detokenize", "{'tokens':'x'}", "'tokens'"),
                Arguments.of("/detokenize", "{'tokens':[null]}", "'tokens'"),
                Arguments.of("/detokenize", "{'tokens':[1.5]}", "'tokens"),
                Arguments.of("/detokenize", "{'tokens':[-1]}", "'tokens"),
                Arguments.of("/detokenize", "{'tokens':[99999999]}", "'tokens'"),
                Arguments.of("/detokenize", "{'tokens':[1e99]}", "'tokens"),
                Arguments.of("/apply-template", "{}", "'messages'"),
                Arguments.of("/apply-template", "{'messages':'x'}", "'messages'"),
                Arguments.of("/apply-template", "{'messages':[]}", "'messages'"),
                Arguments.of("/apply-template", "{'messages':[{'role':'user'}]}", "content"),
                Arguments.of("/apply-template", "{'messages':[{'role':'robot','content':'x'}]}", "role"),
                Arguments.of(
                        "/apply-template",
                        "{'messages':[{'role':'user','content':'x'}],'chat_template_kwargs':1}",
                        "'chat_template_kwargs'"),
                Arguments.of("/apply-template", "{'messages':[{'role':'user','content':'x'}],'tools':{}}", "'tools'"),
                Arguments.of("/infill", "{}", "'input_prefix'"),
                Arguments.of("/infill", "{'input_prefix':'x','input_suffix':'y','input_extra':[{}]}", "text"),
                Arguments.of("/embedding", "{'model':'vectors'}", "'content'"),
                Arguments.of("/embedding", "{'model':'vectors','content':''}", "empty"),
                Arguments.of("/embedding", "{'model':'vectors','content':[]}", "empty"),
                Arguments.of("/embedding", "{'model':'vectors','content':[[1,'x']]}", "'content'"),
                Arguments.of("/embedding", "{'model':'vectors','content':[99999999]}", "token"),
                Arguments.of("/embedding", "{'model':'vectors','content':'x','embd_normalize':1}", "'embd_normalize'"),
                Arguments.of("/embedding", "{'model':'vectors','content':'x','encoding_format':'base64'}", "float"),
                Arguments.of("/rerank", "{'documents':['x']}", "'query'"),
                Arguments.of("/rerank", "{'query':'x'}", "'documents'"),
                Arguments.of("/rerank", "{'query':'x','documents':[]}", "'documents'"),
                Arguments.of("/rerank", "{'query':'x','documents':[1]}", "'documents"),
                Arguments.of("/rerank", "{'query':'x','documents':['y'],'top_n':0}", "'top_n'"),
                Arguments.of("/props", "{}", "'system_prompt'"),
                Arguments.of("/props", "{'system_prompt':'" + "x".repeat(20_000) + "'}", "16384"),
                Arguments.of("/slots/0", "{}", "'action'"),
                Arguments.of("/slots/0?action=burn", "{}", "burn"),
                Arguments.of("/slots/x?action=save", "{'filename':'a'}", "'x'"),
                Arguments.of("/slots/-1?action=erase", "{}", "'-1'"),
                Arguments.of("/slots/99999999999?action=erase", "{}", "'99999999999'"),
                Arguments.of("/slots/1000?action=erase", "{}", "1000"),
                Arguments.of("/slots/0?action=save", "{}", "'filename'"),
                Arguments.of("/slots/0?action=save", "{'filename':'../x'}", "name"),
                Arguments.of("/slots/0?action=restore", "{'filename':'nothing.bin'}", "nothing.bin"));
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("io.hyperion.war.it.LlamaServerBehaviour#wrongOnes")
    @DisplayName("what is wrong is refused in llama.cpp's words, and the server lives")
    default void wrong(String path, String json, String told) {
        Answer answer = wire().post(path, json);

        assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
        JsonObject error = answer.json().getJsonObject("error");
        assertThat(error.getString("message")).contains(told).hasSizeLessThan(400);
        assertThat(error.getString("type")).isEqualTo("invalid_request_error");
        assertThat(error.getInt("code")).isEqualTo(400);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "/tokenize, {'content':'x'}",
        "/detokenize, {'tokens':[1]}",
        "/apply-template, '{''messages'':[{''role'':''user'',''content'':''x''}]}'",
        "/embedding, {'content':'x'}",
        "/completion, {'prompt':'x'}"
    })
    @DisplayName("a model that is not there is told in llama.cpp's words, in a field or in the query")
    default void unknownModel(String path, String json) {
        Answer field = wire().post(path, json.replaceFirst("\\{", "{'model':'nope',"));
        assertThat(field.status()).isEqualTo(404);
        assertThat(field.json().getJsonObject("error").getString("type")).isEqualTo("not_found_error");
        assertThat(wire().post(path + "?model=nope", json).status()).isEqualTo(404);
        assertThat(wire().post(path + "?model=missing", json).status()).isEqualTo(503);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"/tokenize", "/detokenize", "/apply-template", "/infill", "/embedding", "/rerank", "/slots/0"})
    @DisplayName("another method is refused in llama.cpp's words")
    default void methods(String path) {
        Answer answer = wire().get(path);

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.json().getJsonObject("error").getInt("code")).isEqualTo(405);
    }

    @Test
    @DisplayName("curl's own content type does no harm, and the query is not taken from the body")
    default void contentType() {
        Answer answer = wire().post(
                        "/tokenize",
                        "{\"content\":\"model=nope\"}".getBytes(StandardCharsets.UTF_8),
                        "application/x-www-form-urlencoded");

        assertThat(answer.status()).isEqualTo(200);
    }
}
