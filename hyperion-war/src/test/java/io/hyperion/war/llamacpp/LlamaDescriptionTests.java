package io.hyperion.war.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.HyperionClient;
import io.hyperion.war.json.Fields;
import io.hyperion.war.openapi.Described;
import io.hyperion.war.wire.WireFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The description of llama.cpp's protocol")
class LlamaDescriptionTests {
    private static final Described DESCRIBED = Described.here();

    private final HyperionClient client = Models.of(GenerateParameters.none());

    @Test
    @DisplayName("has each field of a completion, and the values that it may have")
    void completion() {
        WireFormat format = new CompletionFormat(client, new Session(), Optional.empty());
        DESCRIBED.assertIsReadAsDescribed("/completion", format.fields(), "{'prompt':'x'}", format::read);
    }

    @Test
    @DisplayName("has each field of a gap to fill, and the values that it may have")
    void infill() {
        WireFormat format = new InfillFormat(client, new Session(), Optional.empty());
        DESCRIBED.assertIsReadAsDescribed(
                "/infill", format.fields(), "{'input_prefix':'x','input_suffix':'y'}", format::read);
    }

    @Test
    @DisplayName("has each field of a text for tokens, and of tokens for a text")
    void tokens() {
        assertIsRead("/tokenize", TokenizeResource.FIELDS, "{'content':'x'}", TokenizeResource::tokens);
        assertIsRead("/detokenize", DetokenizeResource.FIELDS, "{'tokens':[1]}", DetokenizeResource::text);
    }

    @Test
    @DisplayName("has each field of a template")
    void template() {
        assertIsRead(
                "/apply-template",
                TemplateResource.FIELDS,
                "{'messages':[{'role':'user','content':'x'}],'tools':[{'function':{'name':'x'}}]}",
                TemplateResource::prompt);
    }

    @Test
    @DisplayName("has each field of an embedding")
    void embedding() {
        assertIsRead("/embedding", EmbeddingResource.FIELDS, "{'content':'x'}", EmbeddingResource::vectors);
    }

    @Test
    @DisplayName("has each field of a rerank, whichever form the documents are sent in")
    void rerank() {
        Map<String, String> fields = DESCRIBED.fields(DESCRIBED.post("/rerank"));
        assertThat(fields.keySet()).containsExactlyInAnyOrderElementsOf(Reranking.FIELDS);
        fields.forEach((name, pointer) -> {
            String sound = name.equals("texts") ? "{'query':'x','texts':['x']}" : "{'query':'x','documents':['x']}";
            DESCRIBED.assertFieldIsReadAsDescribed(name, pointer, sound, reader(Reranking::scores));
        });
    }

    private void assertIsRead(String path, Set<String> known, String sound, Work work) {
        DESCRIBED.assertIsReadAsDescribed(path, known, sound, reader(work));
    }

    private Consumer<Fields> reader(Work work) {
        return fields -> {
            try {
                work.apply(client, fields, Optional.empty());
            } catch (UnsupportedOperationException asked) {
                // All has been read before a model is asked.
                assertThat(asked).hasMessageMatching("tokenize|detokenize|render|embed|rerank");
            }
        };
    }

    /** What a resource does with the fields of a request. */
    private interface Work {
        Object apply(HyperionClient client, Fields fields, Optional<String> model);
    }
}
