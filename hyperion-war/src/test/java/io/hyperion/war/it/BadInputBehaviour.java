package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong is refused with its place and its limit, and harms nobody. */
interface BadInputBehaviour extends Behaviour {
    /** The bodies: what they are, their bytes, the code, the field, and what the message tells beside it. */
    static Stream<Arguments> bodies() {
        String deep = "{\"template_vars\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        return Stream.of(
                wrong("neither messages nor prompt", "{}", "HYP-1001", "messages", "missing"),
                wrong(
                        "both",
                        "{'prompt':'x','messages':[{'role':'user','content':'x'}]}",
                        "HYP-1005",
                        "prompt",
                        "messages"),
                wrong("no messages", "{'messages':[]}", "HYP-1009", "messages", "at least one"),
                wrong("empty prompt", "{'prompt':''}", "HYP-1009", "prompt", "empty"),
                wrong(
                        "unknown role",
                        "{'messages':[{'role':'robot','content':'x'}]}",
                        "HYP-1004",
                        "messages.role",
                        "robot"),
                wrong("no content", "{'messages':[{'role':'user'}]}", "HYP-1001", "messages.content", "missing"),
                wrong("messages no list", "{'messages':'hello'}", "HYP-1002", "messages", "list"),
                wrong("string for number", "{'prompt':'x','top_p':'0.5'}", "HYP-1002", "top_p", "number"),
                wrong("boolean for number", "{'prompt':'x','temperature':true}", "HYP-1002", "temperature", "number"),
                wrong("fraction for whole", "{'prompt':'x','max_tokens':1.5}", "HYP-1002", "max_tokens", "whole"),
                wrong("number for text", "{'prompt':42}", "HYP-1002", "prompt", "string"),
                wrong("number for boolean", "{'prompt':'x','stream':1}", "HYP-1002", "stream", "true or false"),
                wrong("too large", "{'prompt':'x','top_p':1.5}", "HYP-1003", "top_p", "1"),
                wrong("too small", "{'prompt':'x','temperature':-1}", "HYP-1003", "temperature", "100"),
                wrong("1e400", "{'prompt':'x','temperature':1e400}", "HYP-1003", "temperature", "100"),
                wrong("1e1000000000", "{'prompt':'x','top_k':1e1000000000}", "HYP-1003", "top_k", "2147483647"),
                wrong("NaN", "{'prompt':'x','top_p':NaN}", "HYP-1006", "top_p", "not valid JSON"),
                wrong("NaN in a string", "{'prompt':'x','top_p':'NaN'}", "HYP-1002", "top_p", "number"),
                wrong("long stop", "{'prompt':'x','stop':'" + "s".repeat(1025) + "'}", "HYP-1003", "stop", "1024"),
                wrong("many stops", "{'prompt':'x','stop':[" + "'s',".repeat(64) + "'s']}", "HYP-1003", "stop", "64"),
                wrong("loader", "{'prompt':'x','loader':'vllm'}", "HYP-1004", "loader", "llama.cpp"),
                wrong(
                        "template",
                        "{'messages':[{'role':'user','content':'x'}],'template':'nope'}",
                        "HYP-1010",
                        "template",
                        "nope"),
                wrong("time-out", "{'prompt':'x','timeout':0}", "HYP-1003", "timeout", "86400"),
                wrong("unpaired surrogate", "{'prompt':'a\\ud800b'}", "HYP-1007", "prompt", "surrogate"),
                wrong("NUL", "{'prompt':'a\\u0000b'}", "HYP-1007", "prompt", "NUL"),
                wrong(
                        "NUL in a message",
                        "{'messages':[{'role':'user','content':'\\u0000'}]}",
                        "HYP-1007",
                        "messages.content",
                        "NUL"),
                wrong("twice", "{'prompt':'x','prompt':'y'}", "HYP-1006", "prompt", "more than once"),
                wrong("not JSON", "nonsense", "HYP-1006", "", "line 1"),
                wrong("half", "{'prompt':'x'", "HYP-1006", "", ""),
                wrong("and more", "{'prompt':'x'} {}", "HYP-1006", "", ""),
                wrong("nothing", "", "HYP-1006", "", "nothing"),
                wrong("a list", "[1]", "HYP-1002", "", "object"),
                wrong(
                        "a long name above many values",
                        "{'template_vars':{'" + "x".repeat(100_000) + "':[" + "1,".repeat(90_000) + "1]}}",
                        "HYP-1001",
                        "messages",
                        "missing"),
                wrong(
                        "a pattern that is tried with many texts",
                        "{'prompt':'x','response_format':{'type':'json_schema','schema':{'pattern':'^"
                                + "a?".repeat(1_000) + "$','enum':["
                                + IntStream.range(0, 2_000)
                                        .mapToObj(i -> "'" + "a".repeat(40) + i + "',")
                                        .collect(Collectors.joining())
                                + "'a']}}}",
                        "HYP-1013",
                        "response_format",
                        "too much work"),
                wrong("nested", deep, "HYP-1006", "template_vars", "64"),
                wrong(
                        "too long for the context",
                        "{'prompt':'" + "word ".repeat(20_000) + "'}",
                        "HYP-3001",
                        "",
                        "context"),
                wrong(
                        "over the limit",
                        "{'prompt':'" + "x".repeat(Fixture.BODY_LIMIT) + "'}",
                        "HYP-1008",
                        "",
                        Integer.toString(Fixture.BODY_LIMIT)),
                Arguments.of("not UTF-8", bytes("{\"prompt\":\"", 0xC3, 0x28, "\"}"), "HYP-1007", "", "UTF-8"),
                Arguments.of("overlong UTF-8", bytes("{\"prompt\":\"", 0xC0, 0x80, "\"}"), "HYP-1007", "", "UTF-8"),
                Arguments.of(
                        "half a surrogate in UTF-8",
                        bytes("{\"prompt\":\"", 0xED, 0xA0, "\u0080\"}"),
                        "HYP-1007",
                        "",
                        "UTF-8"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.hyperion.war.it.BadInputBehaviour#bodies")
    @DisplayName("a wrong body is refused with its code, field and limit")
    default void wrongBody(String what, byte[] body, String code, String parameter, String told) {
        Answer answer = wire().post("/generate", body, "application/json");

        assertThat(answer.status()).isEqualTo(400);
        JsonObject error = answer.error();
        assertThat(error.getString("code")).isEqualTo(code);
        assertThat(error.getString("parameter", "")).isEqualTo(parameter);
        assertThat(error.getString("message")).contains(told);
        assertThat(error.getString("message")).hasSizeLessThan(300);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"image/png", "application/json;charset=iso-8859-1", "multipart/form-data"})
    @DisplayName("another content type is refused")
    default void contentType(String type) {
        Answer answer = wire().post("/generate", "{\"prompt\":\"x\"}".getBytes(StandardCharsets.UTF_8), type);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().getString("parameter")).isEqualTo("Content-Type");
        assertThat(answer.error().getString("message")).contains("application/json");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"/nope", "/generate/more", "/models/a/b"})
    @DisplayName("an unknown path is answered in JSON")
    default void unknownPath(String path) {
        Answer answer = wire().get(path);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.error().getString("parameter")).isEqualTo("path");
    }

    @Test
    @DisplayName("an unknown method is answered in JSON, with those that are known")
    default void unknownMethod() {
        Answer get = wire().get("/generate");
        assertThat(get.status()).isEqualTo(405);
        assertThat(get.header("Allow")).contains("POST");
        assertThat(get.error().getString("message")).contains("GET");
        Answer delete = wire().send(wire().request("/models").DELETE());
        assertThat(delete.status()).isEqualTo(405);
        assertThat(delete.header("Allow")).contains("GET");
        assertThat(delete.error().getString("parameter")).isEqualTo("method");
    }

    @Test
    @DisplayName("the server's inside is not told")
    default void noInside() {
        assertThat(wire().get("/application.wadl").status()).isEqualTo(404);
        Answer options = wire().send(wire().request("/generate")
                .method("OPTIONS", java.net.http.HttpRequest.BodyPublishers.noBody()));
        assertThat(options.response().body()).doesNotContain("wadl");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"nonsense", "a/b;;="})
    @DisplayName("what the server itself refuses is answered in JSON too")
    default void refusedByServer(String contentType) throws IOException {
        try (RawConnection client = RawConnection.to(wire().base())) {
            client.post("/hyperion/generate", "{'prompt':'x'}", contentType);

            assertThat(client.line()).contains("400");
            assertThat(client.body()).startsWith("{\"success\":\"false\"");
        }
    }

    @Test
    @DisplayName("a caller who breaks off in the middle harms nobody")
    default void breaksOff() throws IOException {
        try (RawConnection client = RawConnection.to(wire().base())) {
            client.beginPost("/hyperion/generate", 100, "{\"prompt\"");
        }
        assertThat(wire().post("/generate", "{" + SHORT + "}").status()).isEqualTo(200);
    }

    private static Arguments wrong(String what, String json, String code, String parameter, String told) {
        return Arguments.of(what, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), code, parameter, told);
    }

    private static byte[] bytes(Object... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Object part : parts) {
            if (part instanceof Integer number) {
                bytes.write(number);
            } else {
                bytes.writeBytes(part.toString().getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return bytes.toByteArray();
    }
}
