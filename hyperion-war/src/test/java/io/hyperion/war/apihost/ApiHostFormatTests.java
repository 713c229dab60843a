package io.hyperion.war.apihost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Message;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelState;
import io.hyperion.api.Prompt;
import io.hyperion.api.UnauthorisedException;
import io.hyperion.war.json.JsonInput;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A request of API Host's")
class ApiHostFormatTests {
    private static final String BEGIN =
            "{'task':'text_generation','repo_id':'TheBloke/Tiny-GGUF','file_name':'tiny.Q4_0.gguf'";

    private static final List<ModelInfo> MODELS = List.of(
            info("broken", false, Optional.empty()),
            info("small", false, Optional.of("tiny.Q4_0.gguf")),
            info("standard", true, Optional.of("other.gguf")),
            info("tiny", false, Optional.of("tiny.Q4_0.gguf")));

    private final List<Optional<String>> tokens = new ArrayList<>();

    @Test
    @DisplayName("is a text to go on from, or a conversation")
    void inputs() {
        assertThat(read(BEGIN + ",'inputs':'Hello ! Today I can do these activities:'}")
                        .prompt())
                .isEqualTo(new Prompt.Raw("Hello ! Today I can do these activities:"));
        assertThat(read(chat("system:s", "user:u", "assistant:a", "user:v")).prompt())
                .isEqualTo(new Prompt.Chat(
                        List.of(Message.system("s"), Message.user("u"), Message.assistant("a"), Message.user("v"))));
        assertThat(read(chat("user:u")).prompt()).isEqualTo(new Prompt.Chat(List.of(Message.user("u"))));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "assistant:a,inputs[0]",
        "system:s user:u system:t,inputs[2]",
        "system:s system:t,inputs[1]",
        "user:u user:v,inputs[1]",
        "user:u assistant:a assistant:b,inputs[2]",
        "user:u system:s,inputs[1]",
        "User:u,inputs[0]",
        "tool:t,inputs[0]",
        "user:u assistant:a,inputs[1]",
        "system:s,inputs[0]"
    })
    @DisplayName("has roles in their order, and the message that is not is named")
    void roles(String turns, String named) {
        assertThatThrownBy(() -> read(chat(turns.split(" "))))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.UNKNOWN_VALUE);
                    assertThat(error.parameter()).contains("inputs.role");
                })
                .hasMessageContaining("'" + named);
    }

    @Test
    @DisplayName("takes parameters, and API Host's defaults where there are none")
    void parameters() {
        GenerateRequest plain = read(BEGIN + ",'inputs':'x','parameters':{},'options':{}}");
        assertThat(plain.parameters().maxTokens()).isEqualTo(OptionalInt.of(512));
        assertThat(plain.parameters().temperature()).isEmpty();
        assertThat(plain.template()).isEmpty();

        GenerateRequest request = read(BEGIN
                + ",'inputs':'x','parameters':{'max_tokens':7,'top_k':1,'top_p':0.5,'temperature':0.3},"
                + "'options':{'use_gpu':false,'ctx_lenght':4096,'ctx_length':8192,'chat_format':'llama-2'}}");
        assertThat(request.parameters().maxTokens()).isEqualTo(OptionalInt.of(7));
        assertThat(request.parameters().topK()).isEqualTo(OptionalInt.of(1));
        assertThat(request.parameters().topP()).isEqualTo(OptionalDouble.of(0.5));
        assertThat(request.parameters().temperature()).isEqualTo(OptionalDouble.of(0.3));
        // Of a text it changes nothing.
        assertThat(request.template()).isEmpty();
        assertThat(read(chat("user:u").replace("'inputs'", "'options':{'chat_format':'llama-2'},'inputs'"))
                        .template())
                .contains("llama2");
    }

    @Test
    @DisplayName("has no limit of tokens or candidates where llama-cpp-python has none")
    void noLimits() {
        GenerateRequest request = read(BEGIN + ",'inputs':'x','parameters':{'max_tokens':-1,'top_k':-1}}");

        assertThat(request.parameters().maxTokens()).isEqualTo(OptionalInt.of(Integer.MAX_VALUE));
        assertThat(request.parameters().topK()).isEqualTo(OptionalInt.of(0));
    }

    @ParameterizedTest(name = "{0} of {1}: {2}")
    @CsvSource({
        "tiny.Q4_0.gguf,x/y,small",
        "sub/dir/tiny.Q4_0.gguf,x/y,small",
        "other.gguf,tiny,standard",
        "nothing.gguf,tiny,tiny",
        "tiny.gguf,x/y,tiny",
        "tiny,x/y,tiny",
        "broken.gguf,x/y,broken"
    })
    @DisplayName("means the model of its file, else the one that is called like the repository or the file")
    void model(String file, String repository, String model) {
        assertThat(ModelFiles.find(client(MODELS), repository, file)).isEqualTo(model);
    }

    @Test
    @DisplayName("means the default model where several have that file")
    void defaultModel() {
        List<ModelInfo> models =
                List.of(info("a", false, Optional.of("f.gguf")), info("b", true, Optional.of("f.gguf")));

        assertThat(ModelFiles.find(client(models), "x/y", "f.gguf")).isEqualTo("b");
    }

    @Test
    @DisplayName("of a model that is not there names what was asked for, and what is there")
    void unknownModel() {
        assertThatThrownBy(() -> ModelFiles.find(client(MODELS), "TheBloke/No", "no.gguf"))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageContaining("'TheBloke/No'")
                .hasMessageContaining("'no.gguf'")
                .hasMessageContaining("tiny.Q4_0.gguf, other.gguf");
    }

    @Test
    @DisplayName("shows its token before anything else of it is read")
    void token() {
        ApiHostFormat refusing = new ApiHostFormat(
                token -> {
                    tokens.add(token);
                    throw new UnauthorisedException(ErrorCode.UNAUTHORISED, "no");
                },
                () -> client(MODELS));

        assertThatThrownBy(() -> refusing.read(JsonInput.object("{\"token\":\"t\",\"task\":7}")))
                .isInstanceOf(UnauthorisedException.class);
        assertThatThrownBy(() -> refusing.read(JsonInput.object("{}"))).isInstanceOf(UnauthorisedException.class);
        assertThat(tokens).containsExactly(Optional.of("t"), Optional.empty());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "task=null",
                "task=7",
                "task='image_generation'",
                "repo_id=null",
                "repo_id=[]",
                "file_name=null",
                "file_name=1",
                "inputs=null",
                "inputs=''",
                "inputs=[]",
                "inputs=7",
                "inputs={'role':'user'}",
                "inputs=['x']",
                "inputs.role=[{'content':'x'}]",
                "inputs.content=[{'role':'user'}]",
                "inputs.content=[{'role':'user','content':7}]",
                "parameters=[]",
                "options='x'",
                "max_tokens={'max_tokens':-2}",
                "max_tokens={'max_tokens':'7'}",
                "top_k={'top_k':-2}",
                "top_p={'top_p':0}",
                "top_p={'top_p':1.1}",
                "temperature={'temperature':-0.1}",
                "temperature={'temperature':'warm'}",
                "use_gpu={'use_gpu':'yes'}",
                "ctx_lenght={'ctx_lenght':-1}",
                "ctx_length={'ctx_length':4096.5}",
                "chat_format={'chat_format':7}",
                "options.chat_format={'chat_format':'nope'}"
            })
    @DisplayName("is refused by the name of its field if that is wrong")
    void wrong(String field) {
        String name = field.substring(0, field.indexOf('='));
        String value = field.substring(field.indexOf('=') + 1);
        String json = "{'task':'text_generation','repo_id':'r','file_name':'tiny.gguf','inputs':'x'}";
        if (List.of("task", "repo_id", "file_name", "inputs").contains(name.replaceFirst("\\..*", ""))) {
            String top = name.replaceFirst("\\..*", "");
            json = json.replaceFirst("'" + top + "':'[^']*'", "'" + top + "':" + value);
        } else {
            boolean isOption = List.of(
                            "options", "use_gpu", "ctx_lenght", "ctx_length", "chat_format", "options.chat_format")
                    .contains(name);
            json = json.replace("}", ",'" + (isOption ? "options" : "parameters") + "':" + value + "}");
        }
        String sent = json;

        assertThatThrownBy(() -> read(sent)).isInstanceOfSatisfying(InvalidRequestException.class, error -> {
            assertThat(error.parameter()).contains(name);
        });
    }

    private GenerateRequest read(String json) {
        ApiHostFormat format = new ApiHostFormat(tokens::add, () -> client(MODELS));
        return format.read(JsonInput.object(json.replace('\'', '"'))).request();
    }

    private static String chat(String... turns) {
        List<String> messages = new ArrayList<>();
        for (String turn : turns) {
            String[] parts = turn.split(":");
            messages.add("{'role':'" + parts[0] + "','content':'" + parts[1] + "'}");
        }
        return BEGIN + ",'inputs':[" + String.join(",", messages) + "]}";
    }

    /** A client that has these models, and all that is asked of it is what they are. */
    private static HyperionClient client(List<ModelInfo> models) {
        return (HyperionClient) Proxy.newProxyInstance(
                HyperionClient.class.getClassLoader(),
                new Class<?>[] {HyperionClient.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "models" -> models;
                    case "model" -> throw new ModelNotFoundException(ErrorCode.MODEL_NOT_FOUND, "no model");
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static ModelInfo info(String name, boolean isDefault, Optional<String> file) {
        return new ModelInfo(name, isDefault, ModelState.READY, Optional.empty(), 0, 1, file, Optional.empty());
    }
}
