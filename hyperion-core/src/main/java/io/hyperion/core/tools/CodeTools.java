package io.hyperion.core.tools;

import io.hyperion.api.Tool;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tools that models call in a way of their own, if their arguments are one text: what runs code, and what Llama 3 knows from its training. */
final class CodeTools {
    private static final Set<String> RUN_CODE = Set.of("python", "ipython", "code_interpreter");
    private static final Set<String> BUILT_IN = Set.of("brave_search", "web_search", "wolfram_alpha");
    private static final Set<String> SAID_OF_TEXT = Set.of("type", "description", "title", "examples");

    private CodeTools() {}

    /** {@return the property that takes the code; empty if it is no tool that runs code} */
    static Optional<String> codeProperty(Tool tool) {
        return RUN_CODE.contains(tool.name()) ? textProperty(tool) : Optional.empty();
    }

    /** {@return the property that takes the query; empty if it is no tool that Llama 3 knows} */
    static Optional<String> queryProperty(Tool tool) {
        return BUILT_IN.contains(tool.name()) ? textProperty(tool) : Optional.empty();
    }

    /** {@return the only property, if any text fits it: what a model writes for it then fits the schema} */
    private static Optional<String> textProperty(Tool tool) {
        Map<String, Object> schema = tool.parameters();
        if (!Set.of("type", "properties", "required", "additionalProperties", "description", "title")
                        .containsAll(schema.keySet())
                || !(schema.get("properties") instanceof Map<?, ?> properties)
                || properties.size() != 1) {
            return Optional.empty();
        }
        String name = String.valueOf(properties.keySet().iterator().next());
        boolean plain = properties.get(name) instanceof Map<?, ?> property
                && "string".equals(property.get("type"))
                && SAID_OF_TEXT.containsAll(property.keySet());
        boolean enough = !schema.containsKey("required")
                || schema.get("required") instanceof List<?> required
                        && List.of(name).containsAll(required);
        return plain && enough ? Optional.of(name) : Optional.empty();
    }
}
