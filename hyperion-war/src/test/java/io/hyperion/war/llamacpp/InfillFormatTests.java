package io.hyperion.war.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Prompt;
import io.hyperion.war.json.JsonInput;
import io.hyperion.war.wire.WireCall;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A request to fill a gap")
class InfillFormatTests {
    @Test
    @DisplayName(
            "tells what is around the gap, how it begins and which other files there are, and has a completion's options")
    void everything() {
        WireCall call = read(
                "{'input_prefix':'def f(','input_suffix':'return x','prompt':'x','input_extra':"
                        + "[{'filename':'a.py','text':'A'},{'text':'B'}],'n_predict':8,'temperature':0,'stream':true,'model':'m'}");
        GenerateRequest request = call.requests().get(0);

        assertThat(request.prompt())
                .isEqualTo(new Prompt.Infill(
                        "def f(",
                        "return x",
                        "x",
                        List.of(new Prompt.Extra("a.py", "A"), new Prompt.Extra("tmp", "B"))));
        assertThat(request.parameters())
                .isEqualTo(
                        GenerateParameters.builder().maxTokens(8).temperature(0).build());
        assertThat(request.model()).hasValue("m");
        assertThat(call.stream()).hasValue(true);
    }

    @Test
    @DisplayName("may have a gap at the begin or the end, and nothing else")
    void least() {
        assertThat(read("{'input_prefix':'','input_suffix':''}")
                        .requests()
                        .get(0)
                        .prompt())
                .isEqualTo(new Prompt.Infill("", "", "", List.of()));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'input_suffix':'x'}|MISSING_FIELD|input_prefix",
                "{'input_prefix':'x'}|MISSING_FIELD|input_suffix",
                "{'input_prefix':1,'input_suffix':'x'}|WRONG_TYPE|input_prefix",
                "{'input_prefix':'x','input_suffix':[]}|WRONG_TYPE|input_suffix",
                "{'input_prefix':'x','input_suffix':'x','prompt':[1]}|WRONG_TYPE|prompt",
                "{'input_prefix':'x','input_suffix':'x','input_extra':{}}|WRONG_TYPE|input_extra",
                "{'input_prefix':'x','input_suffix':'x','input_extra':[1]}|WRONG_TYPE|input_extra",
                "{'input_prefix':'x','input_suffix':'x','input_extra':[{}]}|MISSING_FIELD|input_extra.text",
                "{'input_prefix':'x','input_suffix':'x','input_extra':[{'text':1}]}|WRONG_TYPE|input_extra.text",
                "{'input_prefix':'x','input_suffix':'x','input_extra':[{'text':'','filename':1}]}|WRONG_TYPE|input_extra.filename",
                "{'input_prefix':'x','input_suffix':'x','top_p':2}|OUT_OF_RANGE|top_p"
            })
    @DisplayName("is refused with its field when it is wrong")
    void wrong(String json, ErrorCode code, String parameter) {
        InvalidRequestException refusal = catchThrowableOfType(InvalidRequestException.class, () -> read(json));

        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.parameter()).hasValue(parameter);
    }

    private static WireCall read(String json) {
        return new InfillFormat(Models.of(GenerateParameters.none()), new Session(), Optional.empty())
                .read(JsonInput.object(json.replace('\'', '"')));
    }
}
