package io.hyperion.core.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The grammars of 500 random schemas")
class RandomSchemasTest {
    private static final int SCHEMAS = 500;

    @Test
    @DisplayName("have only texts that an independent validator accepts")
    @SuppressWarnings("unchecked")
    void sound() {
        int samples = 0;
        List<String> wrong = new ArrayList<>();
        for (int seed = 0; seed < SCHEMAS; seed++) {
            Map<String, Object> schema =
                    (Map<String, Object>) RandomSchema.of(seed).schema();
            String gbnf = SchemaGrammar.of(schema, "schema");
            Random random = new Random(seed);
            for (int i = 0; i < 8; i++) {
                Optional<String> text = Schemas.sample(gbnf, random, 2000);
                if (text.isPresent()) {
                    samples++;
                    List<String> complaints = Schemas.complaints(schema, text.get());
                    if (!complaints.isEmpty()) {
                        wrong.add(seed + ": " + Schemas.write(schema) + "\n" + text.get() + "\n" + complaints);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(samples).isGreaterThan(3500);
    }

    @Test
    @DisplayName("have values that were made for the schemas, their properties in any order")
    @SuppressWarnings("unchecked")
    void complete() {
        List<String> wrong = new ArrayList<>();
        for (int seed = 0; seed < SCHEMAS; seed++) {
            RandomSchema random = RandomSchema.of(seed);
            Map<String, Object> schema = (Map<String, Object>) random.schema();
            String gbnf = SchemaGrammar.of(schema, "schema");
            Random values = new Random(seed);
            for (int i = 0; i < 8; i++) {
                String value = random.value(values);
                assertThat(Schemas.complaints(schema, value))
                        .as("%s%n%s", schema, value)
                        .isEmpty();
                if (!Schemas.matches(gbnf, value)) {
                    wrong.add(seed + ": " + Schemas.write(schema) + "\n" + value);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }
}
