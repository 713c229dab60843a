package io.hyperion.war.openai;

import io.hyperion.jca.NonManagedHyperion;
import io.hyperion.war.openapi.Described;
import io.hyperion.war.wire.WireFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The description of OpenAI's protocol")
class OpenAiDescriptionTests {
    private static final Described DESCRIBED = Described.here();

    private static NonManagedHyperion hyperion;

    @BeforeAll
    static void open() {
        hyperion = NonManagedHyperion.start(
                Map.of("hyperion.models.default.path", System.getProperty("hyperion.demo.model")));
    }

    @AfterAll
    static void close() {
        hyperion.close();
    }

    @Test
    @DisplayName("has each field of a chat completion, and the values that it may have")
    void chat() {
        WireFormat format = new ChatFormat(hyperion.client());
        DESCRIBED.assertIsReadAsDescribed(
                "/v1/chat/completions",
                format.fields(),
                "{'messages':[{'role':'user','content':'x'}],'tools':[{'function':{'name':'x'}}],'stream':true,'logprobs':true}",
                format::read);
    }

    @Test
    @DisplayName("has each field of a completion, and the values that it may have")
    void completion() {
        WireFormat format = new CompletionsFormat(hyperion.client());
        DESCRIBED.assertIsReadAsDescribed(
                "/v1/completions", format.fields(), "{'prompt':'x','stream':true}", format::read);
    }

    @Test
    @DisplayName("has each field of an embedding, and the values that it may have")
    void embedding() {
        DESCRIBED.assertIsReadAsDescribed("/v1/embeddings", EmbeddingCall.FIELDS, "{'input':'x'}", EmbeddingCall::read);
    }
}
