package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hyperion.war.it.Wire.Answer;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's protocol, as it is on the wire. */
interface OpenAiBehaviour extends Behaviour {
    String COUNT = "'messages':[{'role':'user','content':'Count to 5.'}],'temperature':0";

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/v1", "/openai/v1"})
    @DisplayName("OpenAI: a chat completion is answered as OpenAI answers, under both paths")
    default void openAiChat(String base) {
        JsonObject reply = wire().post(base + "/chat/completions", "{" + COUNT + ",'model':'default'}")
                .json();

        assertThat(reply.getString("id")).startsWith("chatcmpl-").hasSizeGreaterThan(30);
        assertThat(reply.getString("object")).isEqualTo("chat.completion");
        assertThat(reply.getInt("created")).isGreaterThan(1_700_000_000);
        assertThat(reply.getString("model")).isEqualTo("default");
        assertThat(reply.getString("system_fingerprint")).startsWith("fp_");
        JsonObject choice = reply.getJsonArray("choices").getJsonObject(0);
        assertThat(choice.getInt("index")).isZero();
        assertThat(choice.get("logprobs")).isEqualTo(JsonValue.NULL);
        JsonObject message = choice.getJsonObject("message");
        assertThat(message.getString("role")).isEqualTo("assistant");
        assertThat(message.getString("content")).isNotEmpty();
        assertThat(message.get("refusal")).isEqualTo(JsonValue.NULL);
        assertThat(choice.getString("finish_reason")).isIn("stop", "length");
        JsonObject usage = reply.getJsonObject("usage");
        assertThat(usage.getInt("prompt_tokens")).isPositive();
        assertThat(usage.getInt("total_tokens"))
                .isEqualTo(usage.getInt("prompt_tokens") + usage.getInt("completion_tokens"));
        assertThat(usage.getJsonObject("prompt_tokens_details").getInt("cached_tokens"))
                .isNotNegative();
    }

    @Test
    @DisplayName(
            "OpenAI: a stream has the role first, then the text, the reason once at the end, the usage, and [DONE]")
    default void openAiStream() {
        String whole = content(
                wire().post("/v1/chat/completions", "{" + COUNT + ",'n':2,'seed':1}")
                        .json(),
                0);
        Answer answer = wire().post(
                        "/v1/chat/completions",
                        "{" + COUNT + ",'n':2,'seed':1,'stream':true,'stream_options':{'include_usage':true}}");

        assertThat(answer.header("Content-Type")).startsWith("text/event-stream");
        assertThat(answer.response().body()).endsWith("data: [DONE]\n\n");
        List<JsonObject> chunks = chunks(answer);
        assertThat(chunks.stream()
                        .map(chunk -> chunk.getString("id") + chunk.getInt("created") + chunk.getString("object")))
                .hasSameSizeAs(chunks)
                .allMatch(chunks.get(0)
                        .getString("id")
                        .concat(String.valueOf(chunks.get(0).getInt("created")))
                        .concat("chat.completion.chunk")::equals);
        JsonObject usage = chunks.get(chunks.size() - 1);
        assertThat(usage.getJsonArray("choices")).isEmpty();
        assertThat(usage.getJsonObject("usage").getInt("completion_tokens")).isPositive();
        assertThat(chunks.subList(0, chunks.size() - 1)).allMatch(chunk -> chunk.isNull("usage"));
        for (int index = 0; index < 2; index++) {
            List<JsonObject> choices = choices(chunks, index);
            assertThat(choices.get(0).getJsonObject("delta").getString("role")).isEqualTo("assistant");
            assertThat(choices.subList(0, choices.size() - 1)).allMatch(choice -> choice.isNull("finish_reason"));
            assertThat(choices.stream().skip(1))
                    .noneMatch(choice -> choice.getJsonObject("delta").containsKey("role"));
            JsonObject last = choices.get(choices.size() - 1);
            assertThat(last.getJsonObject("delta")).isEmpty();
            assertThat(last.getString("finish_reason")).isIn("stop", "length");
        }
        assertThat(text(chunks, 0)).isEqualTo(whole);
    }

    @Test
    @DisplayName("OpenAI: a stream that is not asked for its usage does not tell it")
    default void openAiStreamWithoutUsage() {
        List<JsonObject> chunks =
                chunks(wire().post("/v1/chat/completions", "{" + COUNT + ",'max_tokens':2,'stream':true}"));

        assertThat(chunks).noneMatch(chunk -> chunk.containsKey("usage"));
        assertThat(chunks).allMatch(chunk -> chunk.getJsonArray("choices").size() == 1);
        JsonObject last = chunks.get(chunks.size() - 1).getJsonArray("choices").getJsonObject(0);
        assertThat(last.getString("finish_reason")).isEqualTo("length");
    }

    @Test
    @DisplayName("OpenAI: the parameters act")
    default void openAiParameters() {
        String free =
                "{'messages':[{'role':'user','content':'Tell me something.'}],'max_completion_tokens':12,'temperature':3,"
                        + "'top_k':0,'top_p':1,'min_p':0,";
        String one =
                content(wire().post("/v1/chat/completions", free + "'seed':7}").json(), 0);
        assertThat(content(
                        wire().post("/v1/chat/completions", free + "'seed':7}").json(), 0))
                .isEqualTo(one);
        assertThat(content(
                        wire().post("/v1/chat/completions", free + "'seed':8}").json(), 0))
                .isNotEqualTo(one);
        // The most probable token alone, in four ways.
        String hot = "'temperature':3,";
        String greedy = content(
                wire().post("/v1/chat/completions", free.replace(hot, "'temperature':0,") + "'seed':1}")
                        .json(),
                0);
        for (String way : List.of("'top_k':1", "'top_p':0", "'min_p':1")) {
            String name = way.substring(0, way.indexOf(':'));
            String request = free.replaceAll(name + ":[0-9]+,", "") + "'seed':9," + way + "}";
            assertThat(content(wire().post("/v1/chat/completions", request).json(), 0))
                    .as(way)
                    .isEqualTo(greedy);
        }
        JsonObject stopped = wire().post("/v1/chat/completions", "{" + COUNT + ",'stop':', 3'}")
                .json();
        assertThat(content(stopped, 0)).doesNotContain(", 3");
        JsonObject grammar = wire().post(
                        "/v1/chat/completions", "{" + COUNT + ",'grammar':'root ::= [a-c] [x-z]','seed':-5}")
                .json();
        assertThat(content(grammar, 0)).matches("[a-c][x-z]");
        JsonObject several = wire().post("/v1/chat/completions", "{" + COUNT + ",'n':3,'best_of':4,'max_tokens':3}")
                .json();
        assertThat(several.getJsonArray("choices")).hasSize(3);
        JsonObject timed = wire().post("/v1/chat/completions", "{" + COUNT + ",'timings_per_token':true}")
                .json();
        assertThat(timed.getJsonObject("timings").getInt("predicted_n")).isPositive();
    }

    @Test
    @DisplayName("OpenAI: a bias of -100 bans a token, one of 100 brings it")
    default void openAiBias() {
        String request = "{'prompt':'Once upon a time','temperature':0,'max_tokens':1,'logprobs':2";
        JsonObject told = wire().post("/v1/completions", request + "}").json();
        JsonObject generated = wire().post(
                        "/generate", "{'prompt':'Once upon a time','temperature':0,'max_tokens':1,'n_probs':2}")
                .json()
                .getJsonArray("completion_probabilities")
                .getJsonObject(0);
        int token = generated.getInt("id");
        int second = generated.getJsonArray("top_logprobs").getJsonObject(1).getInt("id");
        String text = told.getJsonArray("choices").getJsonObject(0).getString("text");

        String other = wire().post("/v1/completions", request + ",'logit_bias':{'" + token + "':-100}}")
                .json()
                .getJsonArray("choices")
                .getJsonObject(0)
                .getString("text");
        assertThat(other).isNotEqualTo(text);
        assertThat(wire().post("/v1/completions", request + ",'logit_bias':{'" + second + "':100}}")
                        .json()
                        .getJsonArray("choices")
                        .getJsonObject(0)
                        .getString("text"))
                .isEqualTo(other);
    }

    @Test
    @DisplayName("OpenAI: log-probabilities have OpenAI's two forms")
    default void openAiLogprobs() {
        JsonObject chat = wire().post(
                        "/v1/chat/completions", "{" + COUNT + ",'max_tokens':3,'logprobs':true,'top_logprobs':2}")
                .json();
        JsonObject logprobs = chat.getJsonArray("choices").getJsonObject(0).getJsonObject("logprobs");
        assertThat(logprobs.get("refusal")).isEqualTo(JsonValue.NULL);
        JsonObject first = logprobs.getJsonArray("content").getJsonObject(0);
        assertThat(first.getJsonArray("top_logprobs")).hasSize(2);
        assertThat(first.getJsonArray("bytes")).isNotEmpty();
        assertThat(first.getJsonNumber("logprob").doubleValue()).isNegative();
        JsonObject alone = wire().post("/v1/chat/completions", "{" + COUNT + ",'max_tokens':3,'logprobs':true}")
                .json();
        assertThat(alone.getJsonArray("choices")
                        .getJsonObject(0)
                        .getJsonObject("logprobs")
                        .getJsonArray("content")
                        .getJsonObject(0)
                        .getJsonArray("top_logprobs"))
                .isEmpty();

        JsonObject completion = wire().post(
                        "/v1/completions", "{'prompt':'Once upon a time','temperature':0,'max_tokens':4,'logprobs':2}")
                .json()
                .getJsonArray("choices")
                .getJsonObject(0);
        JsonObject told = completion.getJsonObject("logprobs");
        JsonArray tokens = told.getJsonArray("tokens");
        assertThat(told.getJsonArray("token_logprobs")).hasSameSizeAs(tokens);
        assertThat(told.getJsonArray("top_logprobs").getJsonObject(0)).containsKey(tokens.getString(0));
        assertThat(told.getJsonArray("text_offset").getInt(1))
                .isEqualTo(tokens.getString(0).length());
    }

    @Test
    @DisplayName("OpenAI: a completion takes texts, tokens and lists of both, and has 16 tokens unless asked for more")
    default void openAiCompletions() {
        JsonObject reply = wire().post(
                        "/v1/completions",
                        "{'prompt':['Once upon a time','The dog'],'n':2,'temperature':0,'ignore_eos':true}")
                .json();
        assertThat(reply.getString("id")).startsWith("cmpl-");
        assertThat(reply.getString("object")).isEqualTo("text_completion");
        assertThat(reply.getJsonArray("choices").getValuesAs(JsonObject.class))
                .extracting(choice -> choice.getInt("index"))
                .containsExactly(0, 1, 2, 3);
        assertThat(reply.getJsonObject("usage").getInt("completion_tokens")).isEqualTo(4 * 16);
        assertThat(reply.getJsonArray("choices").getJsonObject(0).getString("text"))
                .isNotEqualTo(reply.getJsonArray("choices").getJsonObject(2).getString("text"));

        JsonObject tokens = wire().post("/v1/completions", "{'prompt':[[5,6],[7,8,9]],'max_tokens':1,'echo':true}")
                .json();
        assertThat(tokens.getJsonArray("choices")).hasSize(2);
        assertThat(tokens.getJsonObject("usage").getInt("prompt_tokens")).isEqualTo(5);
    }

    @Test
    @DisplayName("OpenAI: an echo tells the prompt first, in a stream too")
    default void openAiEcho() {
        String request = "{'prompt':'Once upon a time','echo':true,'temperature':0,'max_tokens':4";
        String whole = wire().post("/v1/completions", request + "}")
                .json()
                .getJsonArray("choices")
                .getJsonObject(0)
                .getString("text");
        assertThat(whole).startsWith("Once upon a time").hasSizeGreaterThan("Once upon a time".length());

        List<JsonObject> chunks = chunks(wire().post("/v1/completions", request + ",'stream':true}"));
        StringBuilder text = new StringBuilder();
        choices(chunks, 0).forEach(choice -> text.append(choice.getString("text")));
        assertThat(text).hasToString(whole);
    }

    @Test
    @DisplayName("OpenAI: embeddings come as numbers or as bytes, and shorter if asked for")
    default void openAiEmbeddings() {
        String request = "{'model':'" + Fixture.VECTORS + "','input':['A dog barks.','A cat']";
        JsonObject reply = wire().post("/v1/embeddings", request + "}").json();
        assertThat(reply.getString("object")).isEqualTo("list");
        assertThat(reply.getJsonObject("usage").getInt("prompt_tokens")).isPositive();
        JsonArray data = reply.getJsonArray("data");
        assertThat(data).hasSize(2);
        assertThat(data.getJsonObject(1).getInt("index")).isEqualTo(1);
        double[] whole = numbers(data.getJsonObject(0).getJsonArray("embedding"));
        assertThat(length(whole)).isCloseTo(1, within(1e-3));

        double[] head = numbers(wire().post("/v1/embeddings", request + ",'dimensions':8}")
                .json()
                .getJsonArray("data")
                .getJsonObject(0)
                .getJsonArray("embedding"));
        assertThat(head).hasSize(8);
        assertThat(length(head)).isCloseTo(1, within(1e-3));
        assertThat(head[0] / head[1]).isCloseTo(whole[0] / whole[1], within(1e-2));

        String base64 = wire().post("/v1/embeddings", request + ",'encoding_format':'base64'}")
                .json()
                .getJsonArray("data")
                .getJsonObject(0)
                .getString("embedding");
        FloatBuffer floats = ByteBuffer.wrap(Base64.getDecoder().decode(base64))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        assertThat(floats.remaining()).isEqualTo(whole.length);
        assertThat((double) floats.get(3)).isCloseTo(whole[3], within(1e-2));
    }

    @Test
    @DisplayName("OpenAI: the models that can serve are listed, and each is told by its name")
    default void openAiModels() {
        JsonObject list = wire().get("/openai/v1/models").json();
        assertThat(list.getString("object")).isEqualTo("list");
        assertThat(list.getJsonArray("data").getValuesAs(JsonObject.class))
                .extracting(model -> model.getString("id"))
                .contains("default", Fixture.SINGLE)
                .doesNotContain("missing");
        JsonObject model = wire().get("/v1/models/default").json();
        assertThat(model.getString("object")).isEqualTo("model");
        assertThat(model.getString("owned_by")).isNotEmpty();
        assertThat(model.getInt("created")).isGreaterThan(1_700_000_000);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "chat/completions|{}|400|messages|missing_required_parameter|missing",
                "chat/completions||400||invalid_json|nothing was sent",
                "chat/completions|[]|400||invalid_type|object",
                "chat/completions|{'messages':[]}|400|messages|invalid_value|at least one",
                "chat/completions|{'messages':[{'content':'x'}]}|400|messages[0].role|missing_required_parameter|missing",
                "chat/completions|{'messages':[{'role':'user'}]}|400|messages[0].content|missing_required_parameter|missing",
                "chat/completions|{'messages':[{'role':'king','content':'x'}]}|400|messages[0].role|invalid_value|king",
                "chat/completions|{'messages':[{'role':'user','content':3}]}|400|messages[0].content|invalid_type|a string",
                "chat/completions|{'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'x'}}]}]}|400|messages[0].content[0].type|unsupported_value|text only",
                "chat/completions|{'model':'none','messages':[{'role':'user','content':'x'}]}|404|model|model_not_found|none",
                "chat/completions|{'messages':[{'role':'user','content':'x'}],'temperature':1000}|400|temperature|invalid_value|100",
                "chat/completions|{'messages':[{'role':'user','content':'x'}],'n':1000}|400|n|invalid_value|64",
                "chat/completions|{'messages':[{'role':'user','content':'x'}],'top_logprobs':21,'logprobs':true}|400|top_logprobs|invalid_value|20",
                "chat/completions|{'messages':[{'role':'user','content':'x'}],'tools':[{'type':'function','function':{'name':'a\\\"b\\n'}}]}|400|tools[0].function.name|invalid_value|letters",
                "chat/completions|{'messages':[{'role':'user','content':'x'}],'audio':{'voice':'alloy'}}|400|audio|unsupported_value|text",
                "completions|{}|400|prompt|missing_required_parameter|missing",
                "completions|{'prompt':[]}|400|prompt|invalid_value|empty",
                "completions|{'prompt':[1,{}]}|400|prompt[1]|invalid_type|token",
                "completions|{'prompt':[999999999]}|400|prompt|invalid_value|token",
                "completions|{'prompt':'x','echo':true,'logprobs':1}|400|logprobs|unsupported_value|echo",
                "completions|{'prompt':'x','suffix':'y'}|400|suffix|unsupported_value|gap",
                "embeddings|{}|400|input|missing_required_parameter|missing",
                "embeddings|{'input':[]}|400|input|missing_required_parameter|text",
                "embeddings|{'input':''}|400|input[0]|invalid_value|empty",
                "embeddings|{'input':'x','encoding_format':'hex'}|400|encoding_format|invalid_value|base64",
                "embeddings|{'input':'x','dimensions':0}|400|dimensions|invalid_value|1",
                "embeddings|{'input':'x','dimensions':99999,'model':'vectors'}|400|dimensions|invalid_value|between 1 and",
                "embeddings|{'input':'x'}|400|model|unsupported_value|embeddings"
            })
    @DisplayName("OpenAI: what is wrong is refused in OpenAI's shape with its field and its limit")
    default void openAiRefuses(String path, String body, int status, String param, String code, String told)
            throws IOException {
        Answer answer = wire().post("/v1/" + path, body == null ? "" : body);

        assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
        JsonObject error = answer.json().getJsonObject("error");
        assertThat(error.get("param")).isEqualTo(param == null ? JsonValue.NULL : jakarta.json.Json.createValue(param));
        assertThat(error.getString("code")).isEqualTo(code);
        assertThat(error.getString("message")).contains(told).hasSizeLessThan(300);
        assertThat(error.getString("type")).isEqualTo("invalid_request_error");
        Optional<OpenAiDescription> description = OpenAiDescription.find();
        description.ifPresent(
                there -> there.check("/v1/" + path, status, answer.response().body()));
    }

    @Test
    @DisplayName("OpenAI: what is huge or deep is refused, and the server lives")
    default void openAiHuge() {
        String message = "{'role':'AI','content':'x'},";
        String many = "{'messages':[" + message.repeat(10_000) + "{'role':'AI','content':'x'}]}";
        assertThat(error(wire().post("/v1/chat/completions", many)).getString("message"))
                .contains("10001", "10000");
        assertThat(error(wire().post("/v1/chat/completions", "{'messages':[" + message.repeat(100_000) + "{}]}"))
                        .getString("code"))
                .isEqualTo("request_too_large");
        String deep = "{'response_format':" + "{'schema':".repeat(100) + "1" + "}".repeat(100) + "}";
        assertThat(error(wire().post("/v1/chat/completions", deep)).getString("message"))
                .contains("64");
        assertThat(error(wire().post("/v1/completions", "{'prompt':'" + "x".repeat(Fixture.BODY_LIMIT) + "'}"))
                        .getString("code"))
                .isEqualTo("request_too_large");
        JsonObject exceeded = error(wire().post(
                        "/v1/chat/completions",
                        "{'messages':[{'role':'user','content':'" + "dog ".repeat(20_000) + "'}]}"));
        assertThat(exceeded.getString("code")).isEqualTo("context_length_exceeded");
        assertThat(exceeded.getString("param")).isEqualTo("messages");
        assertThat(wire().get("/v1/models").status()).isEqualTo(200);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"/v1,404", "/v1/nope,404", "/openai/v1/nope,404", "/v1/chat/completions,405", "/v1/models/none,404"})
    @DisplayName("OpenAI: what is not there is told in OpenAI's shape")
    default void openAiNotThere(String path, int status) {
        Answer answer = wire().get(path);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().getJsonObject("error").getString("type")).isEqualTo("invalid_request_error");
    }

    @Test
    @DisplayName("OpenAI: what the server itself refuses is told in OpenAI's shape too")
    default void openAiRefusedByServer() throws IOException {
        try (RawConnection client = RawConnection.to(wire().base())) {
            client.post("/hyperion/v1/chat/completions", "{}", "nonsense");

            assertThat(client.line()).contains("400");
            assertThat(client.body()).startsWith("{\"error\":{\"message\":");
        }
    }

    @Test
    @DisplayName("OpenAI: a stream that gets no slot in time is refused with its status, and is told when to come back")
    default void openAiBusy() throws IOException {
        try (Wire.Events endless = occupySingle()) {
            assertThat(endless.response().statusCode()).isEqualTo(200);
            Answer answer = wire().post(
                            "/v1/chat/completions", "{" + COUNT + ",'stream':true,'model':'" + Fixture.SINGLE + "'}");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).matches("[1-9][0-9]*");
            assertThat(answer.json().getJsonObject("error").getString("type")).isEqualTo("server_error");
        }
    }

    @Test
    @DisplayName("OpenAI: a misspelled field is hinted at")
    default void openAiHint() {
        Answer answer = wire().post("/v1/chat/completions", "{" + COUNT + ",'max_token':1,'max_tokens':1}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Warning")).contains("max_tokens");
    }

    @Test
    @DisplayName("OpenAI: every reply is what OpenAI's own description says")
    default void openAiDescription() throws IOException {
        Optional<OpenAiDescription> found = OpenAiDescription.find();
        assumeTrue(found.isPresent(), () -> "OpenAI's description is not at " + OpenAiDescription.file());
        OpenAiDescription description = found.orElseThrow();
        String chat = "{" + COUNT + ",'max_tokens':4,'n':2,'logprobs':true,'top_logprobs':2";
        String completion = "{'prompt':['Once','Twice'],'max_tokens':4,'n':2,'logprobs':2";
        String usage = ",'stream':true,'stream_options':{'include_usage':true}}";
        for (String request : List.of(chat + "}", chat + usage)) {
            check(description, "/v1/chat/completions", request);
        }
        for (String request : List.of(completion + "}", completion + usage)) {
            check(description, "/v1/completions", request);
        }
        check(description, "/v1/embeddings", "{'model':'" + Fixture.VECTORS + "','input':'A dog'}");
        for (String path : List.of("/v1/models", "/v1/models/default", "/v1/models/none")) {
            Answer answer = wire().get(path);
            description.check(path, answer.status(), answer.response().body());
        }
    }

    private void check(OpenAiDescription description, String path, String request) {
        Answer answer = wire().post(path, request);
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        description.check(path, 200, answer.response().body());
    }

    @Test
    @DisplayName("OpenAI: the example of the first documentation is answered as it says")
    default void openAiSeed() throws IOException {
        Path seeds = Path.of(System.getProperty("hyperion.shared"), "seeds");
        assumeTrue(Files.isDirectory(seeds), () -> "The first documentation is not in " + seeds);
        String text;
        try (Stream<Path> files = Files.list(seeds)) {
            Path seed = files.filter(file -> file.getFileName().toString().startsWith("004_"))
                    .findFirst()
                    .orElseThrow();
            text = Files.readString(seed);
        }
        Matcher curl = Pattern.compile(
                        "curl http://localhost:3000(/\\S+) \\\\\\s+-H \"Content-Type: application/json\" \\\\\\s+-d '(.*?)'\\n",
                        Pattern.DOTALL)
                .matcher(text);
        assertThat(curl.find()).isTrue();
        // The model of the example is not here; everything else is as it is written there.
        String body = curl.group(2).replace("phi3-mini-4k", Fixture.SOUND);
        Answer answer = wire().post(curl.group(1), body.getBytes(StandardCharsets.UTF_8), "application/json");

        assertThat(answer.status()).isEqualTo(200);
        JsonObject reply = answer.json();
        JsonObject written = Wire.json(text.substring(text.indexOf("{\n  \"id\"")));
        assertThat(reply.keySet()).containsAll(written.keySet());
        JsonObject choice = reply.getJsonArray("choices").getJsonObject(0);
        JsonObject writtenChoice = written.getJsonArray("choices").getJsonObject(0);
        assertThat(choice.keySet()).containsAll(writtenChoice.keySet());
        assertThat(choice.getJsonObject("message").keySet())
                .containsAll(writtenChoice.getJsonObject("message").keySet());
        assertThat(reply.getJsonObject("usage").keySet())
                .containsAll(written.getJsonObject("usage").keySet());
    }

    private static JsonObject error(Answer answer) {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
        return answer.json().getJsonObject("error");
    }

    private static List<JsonObject> chunks(Answer answer) {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return OpenAiDescription.events(answer.response().body()).stream()
                .map(Wire::json)
                .toList();
    }

    private static List<JsonObject> choices(List<JsonObject> chunks, int index) {
        return chunks.stream()
                .flatMap(chunk -> chunk.getJsonArray("choices").getValuesAs(JsonObject.class).stream())
                .filter(choice -> choice.getInt("index") == index)
                .toList();
    }

    private static String text(List<JsonObject> chunks, int index) {
        StringBuilder text = new StringBuilder();
        choices(chunks, index)
                .forEach(choice -> text.append(choice.getJsonObject("delta").getString("content", "")));
        return text.toString();
    }

    private static String content(JsonObject reply, int index) {
        return reply.getJsonArray("choices")
                .getJsonObject(index)
                .getJsonObject("message")
                .getString("content");
    }

    private static double[] numbers(JsonArray list) {
        return list.getValuesAs(jakarta.json.JsonNumber.class).stream()
                .mapToDouble(jakarta.json.JsonNumber::doubleValue)
                .toArray();
    }

    private static double length(double[] vector) {
        double square = 0;
        for (double value : vector) {
            square += value * value;
        }
        return Math.sqrt(square);
    }
}
