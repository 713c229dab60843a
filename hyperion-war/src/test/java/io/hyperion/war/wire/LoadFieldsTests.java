package io.hyperion.war.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.json.JsonInput;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A field that says how a model is loaded")
class LoadFieldsTests {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{'n_ctx':4096}|n_ctx|context-size",
                "{'num_ctx':4096,'model':'tiny'}|num_ctx|context-size",
                "{'context_size':'large'}|context_size|context-size",
                "{'n_gpu_layers':0}|n_gpu_layers|gpu-layers",
                "{'num_gpu':1}|num_gpu|gpu-layers",
                "{'n_threads':4}|n_threads|threads",
                "{'n_batch':4}|n_batch|batch-size",
                "{'n_parallel':4}|n_parallel|slots",
                "{'lora':'/a.gguf'}|lora|lora",
                "{'lora':['/a.gguf']}|lora|lora",
                "{'lora':[{'id':0,'scale':1},{'path':'/a.gguf'}]}|lora|lora"
            })
    @DisplayName("is refused, with the key by which an administrator says so")
    void refused(String body, String field, String key) {
        assertThatThrownBy(() -> LoadFields.refuse(JsonInput.object(body.replace('\'', '"'))))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.NEEDS_RELOAD);
                    assertThat(error.parameter()).hasValue(field);
                })
                .hasMessageContaining("." + key + ",");
    }

    @Test
    @DisplayName("is refused with the name of the model that it was sent for")
    void model() {
        assertThatThrownBy(() -> LoadFields.refuse(JsonInput.object("{\"n_ctx\":1,\"model\":\"tiny\"}")))
                .hasMessageContaining("hyperion.models.tiny.context-size");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "{}",
                "{'n_ctx':null,'lora':null}",
                "{'lora':[]}",
                "{'lora':[{'id':0,'scale':0.5}]}",
                "{'lora':7}",
                "{'options':{'num_ctx':1}}",
                "{'prompt':'n_ctx','max_tokens':1}"
            })
    @DisplayName("is none of these")
    void none(String body) {
        assertThatCode(() -> LoadFields.refuse(JsonInput.object(body.replace('\'', '"'))))
                .doesNotThrowAnyException();
    }
}
