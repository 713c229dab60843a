package io.hyperion.war.hyperion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.json.JsonInput;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A model that somebody adds")
class AddedModelTests {
    @Test
    @DisplayName("has the settings of the configuration, in the forms of JSON")
    void settings() {
        AddedModel model =
                read("{'name':'tales','source':'hf:a/b:Q4_K_M','context_size':4096,'slots':2.0,'tags':['x','y'],"
                        + "'embeddings':false,'operator':null,'min-instances':1,'defaults':{'top_k':3,'temperature':0.25},"
                        + "'preload':{'messages':[{'role':'system','content':'Ü, \\\"brief\\\"'}]}}");

        assertThat(model.name()).isEqualTo("tales");
        assertThat(model.settings())
                .isEqualTo(Map.of(
                        "source",
                        "hf:a/b:Q4_K_M",
                        "context-size",
                        "4096",
                        "slots",
                        "2",
                        "tags",
                        "x,y",
                        "embeddings",
                        "false",
                        "min-instances",
                        "1",
                        "defaults.top_k",
                        "3",
                        "defaults.temperature",
                        "0.25",
                        "preload.messages",
                        "[{\"role\":\"system\",\"content\":\"Ü, \\\"brief\\\"\"}]"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{'source':'hf:a/b'}|HYP-1001|name",
                "{'name':7}|HYP-1002|name",
                "{'name':'a','tags':['x,y']}|HYP-1004|tags",
                "{'name':'a','min_instances':1,'min-instances':1}|HYP-1005|min-instances",
                "{'name':'a','defaults':{'top_k':{}}}|HYP-1002|defaults.top_k",
                "{'name':'a','source':'x\\u0000'}|HYP-1007|source"
            })
    @DisplayName("is refused where a value is none, by the name of the field")
    void refused(String body, String code, String parameter) {
        assertThatThrownBy(() -> read(body)).isInstanceOfSatisfying(InvalidRequestException.class, error -> {
            assertThat(error.code().code()).isEqualTo(code);
            assertThat(error.parameter()).hasValue(parameter);
        });
    }

    private static AddedModel read(String body) {
        return AddedModel.read(JsonInput.object(body.replace('\'', '"')));
    }
}
