package io.hyperion.core.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Chat templates of published models")
class ChatTemplatesConformanceTest {
    private static final int CASES = 108;
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    @DisplayName("render what Python's Jinja2 renders, byte for byte, in all cases")
    void cases() throws IOException {
        Path folder = Path.of(System.getProperty("hyperion.shared", ""), "conformance", "chat-templates");
        Path file = folder.resolve("cases.json");
        assumeTrue(Files.isRegularFile(file), "the cases are not here: " + file);
        JsonNode cases = JSON.readTree(file.toFile());
        List<String> wrong = new ArrayList<>();
        for (JsonNode one : cases) {
            String template = one.get("template").textValue();
            String expected = one.has("rendered")
                    ? one.get("rendered").textValue()
                    : one.path("raised_by_template").asBoolean() ? "RAISED" : "FAULT";
            String actual = render(Files.readString(folder.resolve("templates").resolve(template)), one.get("input"));
            if (!actual.equals(expected)) {
                wrong.add(template + ", " + one.get("case").textValue() + ": " + actual);
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(cases.size()).isGreaterThanOrEqualTo(CASES);
    }

    private static String render(String template, JsonNode input) {
        try {
            @SuppressWarnings("unchecked")
            Map<String, Object> variables = JSON.convertValue(input, Map.class);
            return JinjaTemplate.compile(template).render(variables);
        } catch (JinjaException e) {
            return e.kind().name();
        }
    }
}
