package io.hyperion.core.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.LogitBias;
import io.hyperion.core.TestModels;
import io.hyperion.core.model.HyperionConfiguration;
import io.hyperion.core.schema.RandomSchema;
import io.hyperion.core.schema.SchemaGrammar;
import io.hyperion.core.schema.Schemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("What the demo model writes for a schema")
@Timeout(240)
class StructuredOutputTest {
    private static final int SCHEMAS = 500;
    private static final int SLOTS = 12;
    private static final int MAX_TOKENS = 300;

    /** The demo model has little to say, and says it again and again: so that it comes to an end. */
    private static final List<LogitBias> NUDGE =
            Stream.of("\"", "]", "}").map(end -> LogitBias.of(end, 4)).toList();

    /** A schema, and what the model writes for it. */
    private record Asked(Map<String, Object> schema, CompletableFuture<GenerateReply> reply) {}

    @Test
    @DisplayName("is valid for an independent validator, 500 random schemas long, unless it was cut off")
    @SuppressWarnings("unchecked")
    void random() throws Exception {
        List<Asked> asked = new ArrayList<>();
        HyperionConfiguration configuration = HyperionConfiguration.of(Map.of(
                "hyperion.models.demo.path",
                TestModels.demo().toString(),
                "hyperion.models.demo.slots",
                String.valueOf(SLOTS),
                "hyperion.models.demo.context-size",
                String.valueOf(SLOTS * 512)));
        Semaphore underWay = new Semaphore(2 * SLOTS);
        try (InProcessClient client = InProcessClient.open(configuration)) {
            for (int seed = 0; seed < SCHEMAS; seed++) {
                Map<String, Object> schema =
                        (Map<String, Object>) RandomSchema.of(seed).schema();
                assertThat(underWay.tryAcquire(60, SECONDS)).isTrue();
                GenerateRequest request = GenerateRequest.builder()
                        .user("What is the weather in Paris?")
                        .parameters(GenerateParameters.builder()
                                .grammar(SchemaGrammar.of(schema, "schema"))
                                .temperature(1)
                                .logitBias(NUDGE)
                                .seed(seed)
                                .maxTokens(MAX_TOKENS)
                                .build())
                        .build();
                CompletableFuture<GenerateReply> reply = client.generateAsync(request)
                        .toCompletableFuture()
                        .whenComplete((done, failed) -> underWay.release());
                asked.add(new Asked(schema, reply));
            }
            int whole = 0;
            for (Asked each : asked) {
                GenerateReply reply = each.reply.get(60, SECONDS);
                if (reply.finishReason() == FinishReason.STOP) {
                    whole++;
                    assertThat(Schemas.complaints(each.schema, reply.text()))
                            .as("%s%n%s", Schemas.write(each.schema), reply.text())
                            .isEmpty();
                }
            }
            assertThat(whole).as("texts that came to their end").isGreaterThan(375);
        }
    }
}
