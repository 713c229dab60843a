package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.PermissionDeniedException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.ForbiddenException;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.api.UnauthorisedException;
import io.hyperion.api.remote.Mode;
import io.hyperion.api.remote.RemoteClient;
import io.hyperion.api.remote.RemoteClientBuilder;
import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.openapi.Described;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("On a Payara Micro that asks for keys")
@ExtendWith(ArquillianExtension.class)
class KeysIT {
    private static final String ALL = "key-of-all-models-0123456789";
    private static final String ONE = "key-of-one-model-0123456789";
    private static final String ADMIN = "key-of-an-administrator-0123456789";
    private static final String ADMIN_OF_ONE = "key-of-an-administrator-of-one-0123456789";
    private static final String MISTAKEN = "written-down-instead-of-its-hash";

    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive war() throws IOException, NoSuchAlgorithmException {
        return Fixture.war(Map.ofEntries(
                Map.entry("hyperion.security.mode", "keys"),
                Map.entry("hyperion.security.keys.all.hash", hash(ALL)),
                Map.entry("hyperion.security.keys.one.hash", hash(ONE)),
                Map.entry("hyperion.security.keys.one.models", Fixture.SINGLE),
                Map.entry("hyperion.security.keys.ops.hash", hash(ADMIN)),
                Map.entry("hyperion.security.keys.ops.admin", "true"),
                Map.entry("hyperion.security.keys.ops-one.hash", hash(ADMIN_OF_ONE)),
                Map.entry("hyperion.security.keys.ops-one.admin", "true"),
                Map.entry("hyperion.security.keys.ops-one.models", Fixture.SINGLE),
                Map.entry("hyperion.security.keys.mistaken.hash", MISTAKEN)));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/models", "/models/default", "/models/nobody", "/ws"})
    @DisplayName("nothing is told without a key")
    void noKey(String path) {
        Answer answer = wire().get(path);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
        assertThat(answer.error().getString("code")).isEqualTo("HYP-4001");
        assertThat(answer.error().getString("message")).contains("Authorization: Bearer");
    }

    @Test
    @DisplayName("the description tells what needs a key, and how each protocol says so")
    void describedNeeds() throws IOException {
        Described described =
                Described.of(wire().get("/openapi.json").response().body());
        for (Described.Operation operation : described.operations()) {
            String path = operation.path().replace("{name}", "default").replace("{id}", "0");
            boolean needsNone = operation.json().path("security").isArray()
                    && operation.json().get("security").isEmpty();
            Answer answer = wire().send(wire().request(path)
                    .header("Content-Type", "application/json")
                    .method(
                            operation.method().toUpperCase(Locale.ROOT),
                            operation.method().equals("post")
                                    ? BodyPublishers.ofString("{}")
                                    : BodyPublishers.noBody()));

            assertThat(answer.status()).as(operation.toString()).isEqualTo(needsNone ? 200 : 401);
            if (!needsNone) {
                described.assertValid(
                        operation.toString(),
                        described.response(operation, "401", "application/json"),
                        new JsonMapper().readTree(answer.response().body()));
            }
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "Authorization,Bearer nonsense",
        "Authorization,Basic key-of-all-models-0123456789",
        "X-API-Key,written-down-instead-of-its-hash",
        "X-API-Key,all"
    })
    @DisplayName("what is no key is refused by all protocols in their own words, and not repeated")
    void wrongKey(String header, String value) {
        Answer generate = post("/generate", "{}", header, value);
        assertThat(generate.status()).isEqualTo(401);
        assertThat(generate.error().getString("code")).isEqualTo("HYP-4001");
        assertThat(generate.response().body()).doesNotContain(value);

        Answer completion = post("/completion", "{}", header, value);
        assertThat(completion.status()).isEqualTo(401);
        JsonObject error = completion.json().getJsonObject("error");
        assertThat(error.getInt("code")).isEqualTo(401);
        assertThat(error.getString("type")).isEqualTo("authentication_error");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"Authorization,'Bearer '", "authorization,'bearer '", "X-API-Key,''"})
    @DisplayName("a key opens what it is for")
    void rightKey(String header, String scheme) {
        String request = "{" + Behaviour.SHORT + "}";

        assertThat(post("/generate", request, header, scheme + ALL).status()).isEqualTo(200);
        Answer completion = post("/completion", "{'prompt':'Once','n_predict':4}", header, scheme + ALL);
        assertThat(completion.status()).isEqualTo(200);
        // Told after the generation, in another thread than the request's.
        assertThat(completion.json().getJsonObject("generation_settings").getInt("n_ctx"))
                .isPositive();
    }

    @Test
    @DisplayName("a key of one model opens and shows that one alone, and tells of no other")
    void oneModel() {
        JsonObject models = get("/models", ONE).json();
        assertThat(models.getJsonArray("models").stream().map(JsonValue::asJsonObject))
                .extracting(model -> model.getString("name"))
                .containsExactly(Fixture.SINGLE);
        assertThat(get("/models/" + Fixture.SINGLE, ONE).status()).isEqualTo(200);
        assertThat(bearer("/generate", "{'model':'single','prompt':'a','max_tokens':1}", ONE)
                        .status())
                .isEqualTo(200);

        for (Answer refused : new Answer[] {
            get("/models/default", ONE),
            get("/models/nobody", ONE),
            bearer("/generate", "{" + Behaviour.SHORT + "}", ONE),
            bearer("/generate", "{'model':'default','prompt':'a','stream':true}", ONE)
        }) {
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.error().getString("code")).isEqualTo("HYP-4002");
            assertThat(refused.error().getString("parameter")).isEqualTo("model");
            assertThat(refused.error().getString("message")).contains("'one'", Fixture.SINGLE);
        }
        Answer completion = bearer("/completion", "{'prompt':'a'}", ONE);
        assertThat(completion.status()).isEqualTo(403);
        assertThat(completion.json().getJsonObject("error").getString("type")).isEqualTo("permission_error");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "POST,/models/single/load",
        "POST,/models/single/pull",
        "POST,/models/single/unload",
        "POST,/models/single/pin",
        "POST,/models/single/unpin",
        "DELETE,/models/single?file=true",
        "POST,/models"
    })
    @DisplayName("what changes models is an administrator's alone, and his key may be one of some models only")
    void administrators(String method, String path) {
        for (String key : List.of(ALL, ONE)) {
            Answer refused = administer(method, path, key);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.error().getString("code")).isEqualTo("HYP-4002");
            assertThat(refused.error().getString("message")).contains(".admin=true", "hyperion-admin");
        }
        assertThat(administer(method, path, "nonsense").status()).isEqualTo(401);
        assertThat(administer(method, path, ADMIN).status()).isNotIn(401, 403);
        assertThat(administer(method, path.replace("single", "default"), ADMIN_OF_ONE)
                        .status())
                .isEqualTo(403);
    }

    @Test
    @DisplayName("an administrator unloads and loads a model, and the log tells who did what")
    void administered() throws IOException {
        assertThat(administer("POST", "/models/single/load", ADMIN_OF_ONE)
                        .json()
                        .getString("state"))
                .isEqualTo("loaded");
        assertThat(administer("POST", "/models/single/unload", ADMIN).json().getString("state"))
                .isEqualTo("ready");
        assertThat(get("/models/single", ONE).json().getString("state")).isEqualTo("ready");
        administer("POST", "/models/single/unload", ALL);

        assertThat(serverLog())
                .contains(
                        "'ops-one' at 127.0.0.1: load model 'single'",
                        "'ops' at 127.0.0.1: unload model 'single'",
                        "'all' at 127.0.0.1: unload model 'single' is refused (HYP-4002)");
    }

    private Answer administer(String method, String path, String key) {
        String body = path.equals("/models") ? "{\"name\":\"added\",\"source\":\"hf:a/b\",\"slots\":0}" : "";
        return wire().send(wire().request(path)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body)));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a remote client gets in with its key, and tells that it has none or may not without repeating it")
    void remoteClient(Mode mode) {
        GenerateRequest request =
                GenerateRequest.builder().prompt("a").maxTokens(1).build();
        GenerateRequest permitted = request.toBuilder().model(Fixture.SINGLE).build();
        try (RemoteClient all = remote(mode).apiKey(ALL).build();
                RemoteClient one = remote(mode).apiKey(ONE).build();
                RemoteClient wrong = remote(mode).apiKey("wrong-" + ALL).build();
                RemoteClient nobody = remote(mode).build()) {
            assertThat(all.generate(request).model()).isEqualTo(Fixture.SOUND);
            assertThat(one.generate(permitted).model()).isEqualTo(Fixture.SINGLE);
            assertThat(one.models()).extracting(ModelInfo::name).containsExactly(Fixture.SINGLE);
            assertThat(one.figures(Fixture.SINGLE).endedRequests()).isPositive();
            for (ThrowingCallable refused : List.<ThrowingCallable>of(
                    () -> one.generate(request),
                    () -> one.properties(Optional.empty()),
                    () -> one.figures(Fixture.SOUND),
                    () -> one.render(request),
                    () -> one.embed(EmbeddingRequest.builder()
                            .model("vectors")
                            .text("a")
                            .build()),
                    () -> one.tokenize(TokenizeRequest.of("a")))) {
                ForbiddenException forbidden = catchThrowableOfType(ForbiddenException.class, refused);
                assertThat(forbidden.code()).isEqualTo(ErrorCode.FORBIDDEN);
                assertThat(forbidden.parameter()).hasValue("model");
            }
            for (RemoteClient unknown : List.of(wrong, nobody)) {
                assertThatThrownBy(() -> unknown.generate(request))
                        .isInstanceOf(UnauthorisedException.class)
                        .hasMessageNotContaining(ALL);
                assertThatThrownBy(unknown::models)
                        .isInstanceOf(UnauthorisedException.class)
                        .hasMessageNotContaining(ALL);
            }
            assertThat(all.toString()).doesNotContain(ALL);
        }
    }

    private RemoteClientBuilder remote(Mode mode) {
        return HyperionClient.builder().uri(wire().base()).mode(mode);
    }

    @Test
    @DisplayName("NeuroEngine's key and API Host's token in the body are keys too, and errors are told in their words")
    void keysInBodies() {
        String message = "'message':'Once','raw':'True','max_new_len':4,'seed':1";
        Answer neuro = post("/neuroengine/single", "{" + message + ",'key':'" + ONE + "','gettokens':1}", "X-A", "b");
        assertThat(neuro.status()).isEqualTo(200);
        assertThat(neuro.json().getInt("errorcode")).isZero();
        // With a key in the header the one in the body is free to be that of a stream, as NeuroEngine's client sends
        // it.
        String streamed = "{" + message + ",'key':'a stream','gettokens':1}";
        StringBuilder text = new StringBuilder();
        String piece = bearer("/neuroengine/single", streamed, ONE).json().getString("reply");
        while (!piece.isEmpty()) {
            text.append(piece);
            piece = bearer("/neuroengine/single", streamed, ONE).json().getString("reply");
        }
        assertThat(text).hasToString(neuro.json().getString("reply"));
        for (String key : new String[] {"", ",'key':'nonsense'", ",'streamkey':'" + ONE + "'"}) {
            Answer refused = post("/neuroengine/single", "{" + message + key + "}", "X-A", "b");
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.json().getInt("errorcode")).isEqualTo(4001);
            assertThat(refused.json().getString("reply")).isNotEmpty();
        }
        Answer forbidden = post("/neuroengine/default", "{" + message + ",'key':'" + ONE + "'}", "X-A", "b");
        assertThat(forbidden.status()).isEqualTo(403);
        assertThat(forbidden.json().getInt("errorcode")).isEqualTo(4002);
        assertThat(wire().get("/neuroengine/models").status()).isEqualTo(401);
        assertThat(get("/neuroengine/models", ONE).array()).hasSize(1);

        String file = get("/models/" + Fixture.SINGLE, ONE).json().getString("file");
        String generation = "'task':'text_generation','repo_id':'x/y','file_name':'" + file
                + "','inputs':'Once','parameters':{'max_tokens':4}";
        Answer api = post("/api", "{'token':'" + ONE + "'," + generation + "}", "X-A", "b");
        assertThat(api.status()).isEqualTo(200);
        assertThat(api.json().getJsonObject("answer").getString("content")).isNotEmpty();
        for (String token : new String[] {"", "'token':'nonsense',", "'token':'',"}) {
            Answer refused = post("/api", "{" + token + generation + "}", "X-A", "b");
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.header("WWW-Authenticate")).startsWith("Bearer");
            assertThat(refused.json().getString("error")).isNotEmpty();
            assertThat(refused.json().getString("code")).isEqualTo("HYP-4001");
        }
        assertThat(post("/api", "{" + generation + "}", "X-API-Key", "nonsense").status())
                .isEqualTo(401);
        String other = "{" + generation.replace(file, "other.gguf") + "}";
        Answer otherFile = bearer("/api", other, ONE);
        assertThat(otherFile.status()).isEqualTo(403);
        assertThat(otherFile.json().getString("code")).isEqualTo("HYP-4002");
        assertThat(bearer("/api", other, ALL).status()).isEqualTo(404);
    }

    @Test
    @DisplayName("OpenAI's clients send their key as they do to OpenAI, and are told of it in OpenAI's words")
    void openAi() {
        Answer unknown = wire().get("/v1/models");
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.json().getJsonObject("error").getString("code")).isEqualTo("invalid_api_key");
        assertThat(post("/openai/v1/chat/completions", "{}", "Authorization", "Bearer nonsense")
                        .status())
                .isEqualTo(401);

        Answer unnamed = bearer("/v1/chat/completions", "{'messages':[{'role':'user','content':'a'}]}", ONE);
        assertThat(unnamed.status()).isEqualTo(403);
        assertThat(unnamed.json().getJsonObject("error").getString("param")).isEqualTo("model");

        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(wire().base() + "/v1")
                .apiKey(ONE)
                .responseValidation(true)
                .checkJacksonVersionCompatibility(false)
                .maxRetries(0)
                .build();
        try {
            assertThat(client.models().list().data()).extracting(Model::id).containsExactly(Fixture.SINGLE);
            ChatCompletionCreateParams.Builder params =
                    ChatCompletionCreateParams.builder().addUserMessage("Hello").maxCompletionTokens(2);
            assertThat(client.chat()
                            .completions()
                            .create(params.model(Fixture.SINGLE).build())
                            .choices())
                    .hasSize(1);
            assertThatThrownBy(() -> client.chat()
                            .completions()
                            .create(params.model(Fixture.SOUND).build()))
                    .isInstanceOfSatisfying(PermissionDeniedException.class, refusal -> assertThat(refusal.code())
                            .hasValue("permission_denied"));
            assertThatThrownBy(() -> client.embeddings()
                            .create(EmbeddingCreateParams.builder()
                                    .model(Fixture.VECTORS)
                                    .input("a")
                                    .build()))
                    .isInstanceOf(PermissionDeniedException.class);
        } finally {
            client.close();
        }
    }

    @TestFactory
    @DisplayName("the page asks for a key")
    Stream<DynamicTest> page() throws IOException {
        return Browser.find().test("keys.mjs", base().toString(), ALL, ONE, Fixture.SINGLE);
    }

    @Test
    @DisplayName("the files of the page are anybody's, and what it shows is not")
    void pageFiles() {
        Answer page =
                wire().send(wire().request("/").header("Accept", "text/html").GET());

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.response().body()).doesNotContain(Fixture.SINGLE, "llama");
        assertThat(wire().get("/page/app.js").status()).isEqualTo(200);
        assertThat(wire().get("/").status()).isEqualTo(401);
        assertThat(get("/", ONE).json().getJsonArray("models")).hasSize(1);
    }

    @Test
    @DisplayName("the clients for Python and JavaScript send their key, and tell that it is wrong")
    void exampleClients() {
        Map<String, String> environment = Map.of(
                "HYPERION_TEST_URI",
                base().toString(),
                "HYPERION_TEST_KEY",
                ALL,
                "HYPERION_TEST_ENDLESS",
                Fixture.SINGLE);

        assertThat(Programs.testPythonClient(environment))
                .contains("test_keys")
                .doesNotContain("HYPERION_TEST_KEY is not set");
        assertThat(Programs.testJavaScriptClient(environment)).contains("ok keys are asked for");
    }

    @Test
    @DisplayName("the health is told to anybody")
    void health() {
        assertThat(wire().get("/health").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("a socket is opened with a key in a header, a subprotocol or the query, and is its owner's")
    void sockets() throws InterruptedException {
        assertModels(new Socket(base(), "", handshake -> handshake.header("Authorization", "Bearer " + ONE)), "");
        assertModels(
                new Socket(base(), "", handshake -> handshake.subprotocols("hyperion", "bearer." + ONE)), "hyperion");
        assertModels(new Socket(base(), "?access_token=" + ONE, handshake -> {}), "");
    }

    @Test
    @DisplayName("a socket's owner is refused other models, and the socket goes on")
    void socketForbidden() throws InterruptedException {
        try (Socket socket = new Socket(base(), "?access_token=" + ONE, handshake -> {})) {
            socket.send("{'id':1,'method':'generate','params':{'prompt':'a','max_tokens':1}}");
            assertThat(socket.next().getString("code")).isEqualTo("HYP-4002");
            socket.send("{'id':2,'method':'completion','params':{'model':'single','prompt':'a','n_predict':1}}");
            assertThat(socket.end().getString("event")).isEqualTo("done");
        }
    }

    @Test
    @DisplayName("a socket is refused without a key, and with one that is none")
    void socketsRefused() {
        assertRefused("", handshake -> {});
        assertRefused("?access_token=nonsense", handshake -> {});
        assertRefused("", handshake -> handshake.subprotocols("hyperion", "bearer.nonsense"));
        assertRefused("", handshake -> handshake.header("Authorization", "Bearer nonsense"));
    }

    @Test
    @DisplayName("no key is in the server's log, but the name of the one that is wrong")
    void log() throws IOException {
        bearer("/generate", "{" + Behaviour.SHORT + "}", ALL);

        assertThat(serverLog()).contains("hyperion.security.keys.mistaken");
        assertThat(serverLog())
                .doesNotContain(ALL)
                .doesNotContain(ONE)
                .doesNotContain(ADMIN)
                .doesNotContain(MISTAKEN);
    }

    private static String serverLog() throws IOException {
        StringBuilder log = new StringBuilder();
        Path directory = Path.of(System.getProperty("hyperion.it.directory"));
        // The server numbers its files.
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "server.log*")) {
            for (Path file : files) {
                log.append(Files.readString(file));
            }
        }

        return log.toString();
    }

    private void assertRefused(String query, Consumer<WebSocket.Builder> more) {
        assertThatThrownBy(() -> new Socket(base(), query, more))
                .cause()
                .isInstanceOfSatisfying(WebSocketHandshakeException.class, failure -> assertThat(
                                failure.getResponse().statusCode())
                        .isEqualTo(401));
    }

    private static void assertModels(Socket opened, String protocol) throws InterruptedException {
        try (Socket socket = opened) {
            assertThat(socket.protocol()).isEqualTo(protocol);
            socket.send("{'id':1,'method':'models'}");
            assertThat(socket.next().getJsonArray("models").getJsonObject(0).getString("name"))
                    .isEqualTo(Fixture.SINGLE);
        }
    }

    private Answer get(String path, String key) {
        return wire().send(wire().request(path)
                .header("Authorization", "Bearer " + key)
                .GET());
    }

    private Answer bearer(String path, String json, String key) {
        return post(path, json, "Authorization", "Bearer " + key);
    }

    private Answer post(String path, String json, String header, String value) {
        HttpRequest.Builder request = wire().request(path)
                .header("Content-Type", "application/json")
                .header(header, value)
                .POST(BodyPublishers.ofString(json.replace('\'', '"')));
        return wire().send(request);
    }

    private static String hash(String key) throws NoSuchAlgorithmException {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        return "sha256:" + HexFormat.of().formatHex(hash);
    }

    private Wire wire() {
        return new Wire(base());
    }

    private URI base() {
        try {
            return new URI("http", null, "127.0.0.1", url.getPort(), "/hyperion", null, null);
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
