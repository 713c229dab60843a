package io.hyperion.war.neuroengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Message;
import io.hyperion.api.Prompt;
import io.hyperion.war.json.JsonInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A request of NeuroEngine's")
class NeuroRequestTests {
    @Test
    @DisplayName("has NeuroEngine's defaults")
    void defaults() {
        NeuroRequest request = read("{'message':'Hello LLM'}");

        assertThat(request.request().model()).contains("tiny");
        assertThat(request.request().prompt()).isEqualTo(new Prompt.Chat(List.of(Message.user("Hello LLM"))));
        GenerateParameters parameters = request.request().parameters();
        assertThat(parameters.temperature()).isEqualTo(OptionalDouble.of(1.0));
        assertThat(parameters.topP()).isEqualTo(OptionalDouble.of(0.9));
        assertThat(parameters.topK()).isEqualTo(OptionalInt.of(40));
        assertThat(parameters.minP()).isEqualTo(OptionalDouble.of(0));
        assertThat(parameters.repeatPenalty()).isEqualTo(OptionalDouble.of(1.2));
        assertThat(parameters.maxTokens()).isEqualTo(OptionalInt.of(128));
        assertThat(parameters.seed()).isEqualTo(OptionalLong.of(0));
        assertThat(request.streamKey()).isEmpty();
        assertThat(request.getTokens()).isEqualTo(20);
    }

    @Test
    @DisplayName("takes all fields")
    void fields() {
        NeuroRequest request = read("{'message':'x','temperature':0.5,'top_p':0.8,'top_k':7,'min_p':0.1,"
                + "'repetition_penalty':1.1,'max_new_len':9,'seed':3,'raw':true,'streamkey':'s','gettokens':4}");

        GenerateParameters parameters = request.request().parameters();
        assertThat(parameters.temperature()).isEqualTo(OptionalDouble.of(0.5));
        assertThat(parameters.topP()).isEqualTo(OptionalDouble.of(0.8));
        assertThat(parameters.topK()).isEqualTo(OptionalInt.of(7));
        assertThat(parameters.minP()).isEqualTo(OptionalDouble.of(0.1));
        assertThat(parameters.repeatPenalty()).isEqualTo(OptionalDouble.of(1.1));
        assertThat(parameters.maxTokens()).isEqualTo(OptionalInt.of(9));
        assertThat(parameters.seed()).isEqualTo(OptionalLong.of(3));
        assertThat(request.request().prompt()).isEqualTo(new Prompt.Raw("x"));
        assertThat(request.streamKey()).contains("s");
        assertThat(request.getTokens()).isEqualTo(4);
        assertThat(read("{'message':'x','seed':-1}").request().parameters().seed())
                .isEmpty();
    }

    @Test
    @DisplayName("is the example of NeuroEngine's documentation, as it is written there")
    void documented() throws IOException {
        Path seeds = Path.of(System.getProperty("hyperion.shared", "../shared"), "seeds");
        assumeThat(seeds).as("the documentation of NeuroEngine").isDirectory();
        String page;
        try (Stream<Path> files = Files.list(seeds)) {
            page = Files.readString(
                    files.filter(file -> file.getFileName().toString().startsWith("001"))
                            .findFirst()
                            .orElseThrow());
        }
        String example = page.substring(page.lastIndexOf('{', page.indexOf("\"message\": \"Hello LLM\"")));

        NeuroRequest request =
                NeuroRequest.read("tiny", JsonInput.object(example.substring(0, example.indexOf('}') + 1)), false);

        assertThat(request.request().prompt()).isEqualTo(new Prompt.Chat(List.of(Message.user("Hello LLM"))));
        assertThat(request.streamKey()).contains("key1234");
        assertThat(request.getTokens()).isEqualTo(20);
        assertThat(request.request().parameters())
                .usingRecursiveComparison()
                .isEqualTo(read("{'message':'x'}").request().parameters());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"true,true", "false,false", "'True',true", "'False',false", "'TRUE',true", "null,false"})
    @DisplayName("is raw as JSON says it, or as Python does in a string")
    void raw(String value, boolean raw) {
        String json = value.matches("true|false|null") ? value : "'" + value + "'";

        assertThat(read("{'message':'x','raw':" + json + "}").request().prompt() instanceof Prompt.Raw)
                .isEqualTo(raw);
        assertThat(
                        read("{'message':'x','raw':'" + (raw ? "True" : "False") + "'}")
                                        .request()
                                        .prompt()
                                instanceof Prompt.Raw)
                .isEqualTo(raw);
    }

    @Test
    @DisplayName("has its stream key in 'streamkey', or with 'gettokens' in a 'key' that was not needed for access")
    void streamKeys() {
        assertThat(read("{'message':'x','streamkey':'s','key':'k','gettokens':1}")
                        .streamKey())
                .contains("s");
        assertThat(read("{'message':'x','key':'k','gettokens':1}").streamKey()).contains("k");
        assertThat(read("{'message':'x','key':'k'}").streamKey()).isEmpty();
        assertThat(read("{'message':'x','key':'','gettokens':1}").streamKey()).isEmpty();
        assertThat(read("{'message':'x','streamkey':'','gettokens':1}").streamKey())
                .isEmpty();
        String spent = "{'message':'x','key':'k','gettokens':1}".replace('\'', '"');
        assertThat(NeuroRequest.read("tiny", JsonInput.object(spent), true).streamKey())
                .isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "message=null",
                "message=''",
                "message=7",
                "message=['x']",
                "temperature='1'",
                "temperature=-1",
                "temperature=1e400",
                "top_p=0",
                "top_p=1.5",
                "top_k=-1",
                "top_k=1.5",
                "min_p=2",
                "repetition_penalty=0",
                "repetition_penalty=1e999",
                "repetition_penalty='1'",
                "max_new_len=0",
                "max_new_len=99999999999",
                "seed=-2",
                "seed=4294967296",
                "raw='yes'",
                "raw=1",
                "gettokens=0",
                "gettokens='20'",
                "streamkey=1",
                "streamkey='\\u0000'"
            })
    @DisplayName("is refused by the name of its field if that is wrong")
    void wrong(String field) {
        String name = field.substring(0, field.indexOf('='));
        String value = field.substring(field.indexOf('=') + 1);
        String json =
                name.equals("message") ? "{'message':" + value + "}" : "{'message':'x','" + name + "':" + value + "}";

        assertThatThrownBy(() -> read(json)).isInstanceOfSatisfying(InvalidRequestException.class, error -> {
            assertThat(error.parameter()).contains(name);
            assertThat(error.getMessage()).contains("'" + name + "'");
        });
    }

    @Test
    @DisplayName("is refused if its stream key is too long")
    void longKey() {
        String key = "k".repeat(NeuroRequest.MAX_KEY_LENGTH);

        assertThat(read("{'message':'x','streamkey':'" + key + "'}").streamKey())
                .contains(key);
        assertThatThrownBy(() -> read("{'message':'x','streamkey':'" + key + "k'}"))
                .hasMessageContaining("512")
                .hasMessageNotContaining("kkkk");
    }

    private static NeuroRequest read(String json) {
        return NeuroRequest.read("tiny", JsonInput.object(json.replace('\'', '"')), false);
    }
}
