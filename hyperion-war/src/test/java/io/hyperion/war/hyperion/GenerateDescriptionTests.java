package io.hyperion.war.hyperion;

import io.hyperion.war.openapi.Described;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The description of Hyperion's protocol")
class GenerateDescriptionTests {
    @Test
    @DisplayName("has each field of a generation, and the values that it may have")
    void generate() {
        Described.here()
                .assertIsReadAsDescribed(
                        "/generate",
                        GenerateFormat.INSTANCE.fields(),
                        "{'messages':[{'role':'user','content':'x'}],'tools':[{'function':{'name':'x'}}]}",
                        GenerateFormat.INSTANCE::read);
    }

    @Test
    @DisplayName("has each field of texts that become vectors, and the values that they may have")
    void embed() {
        Described.here().assertIsReadAsDescribed("/embed", EmbedCall.FIELDS, "{'input':'x'}", EmbedCall::read);
    }
}
