package io.hyperion.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.bench.load.BareLoop;
import io.hyperion.bench.load.Completion;
import io.hyperion.bench.load.InProcessTarget;
import io.hyperion.bench.load.LoadRequest;
import io.hyperion.bench.load.ModelUse;
import io.hyperion.bench.load.Target;
import io.hyperion.bench.model.ModelShape;
import io.hyperion.bench.model.RandomModel;
import io.hyperion.bench.model.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Measuring in this process")
class MeasurementTest {
    @TempDir
    static Path directory;

    private static ModelUse model;

    @BeforeAll
    static void write() throws IOException {
        Path file = directory.resolve("random.gguf");
        RandomModel.write(
                file,
                ModelShape.parse("layers=1,width=64,heads=4,feed-forward=64,vocabulary=4000,context=2560,type=F16"),
                1);
        model = new ModelUse(file, 10, 8192, 1);
    }

    @Test
    @DisplayName("the bare loop gives the very tokens of Hyperion, for each of many prompts at once")
    void sameTokens() throws IOException, InterruptedException {
        Words words = new Words(5);
        // More tokens than one step takes, so that a prompt is cut.
        List<LoadRequest> requests = Stream.generate(() -> LoadRequest.of(words.text(200), 20))
                .limit(4)
                .toList();
        try (InProcessTarget hyperion = new InProcessTarget(model);
                BareLoop bare = BareLoop.open(model)) {
            List<Completion> ofHyperion = hyperion.complete(requests);
            for (int round = 0; round < 2; round++) {
                List<Completion> ofLoop = bare.complete(requests);
                for (int i = 0; i < requests.size(); i++) {
                    assertThat(ofLoop.get(i).text()).isEqualTo(ofHyperion.get(i).text());
                    assertThat(ofLoop.get(i).completionTokens()).isEqualTo(20);
                    assertThat(ofLoop.get(i).arrivals()).hasSize(20);
                    assertThat(ofLoop.get(i).promptTokens()).isEqualTo(201);
                }
            }
        }
    }

    @Test
    @DisplayName("gives a line for each measure, with a column for each target and how they compare")
    void report() throws IOException, InterruptedException {
        try (InProcessTarget hyperion = new InProcessTarget(model);
                BareLoop bare = BareLoop.open(model)) {
            String table = new Measurement(0, 1, 3)
                    .run(List.of(new OneStream(), new LongPrompt()), List.<Target>of(hyperion, bare))
                    .table();

            assertThat(table.lines().toList())
                    .hasSize(2 + 3 + 3)
                    .first()
                    .isEqualTo("| scenario | measure | unit | in-process | bare loop | compared |");
            assertThat(table)
                    .containsPattern(
                            "\\| A\\. .* \\| completion alone \\| tokens/s \\| \\d+(\\.\\d+)? \\| \\d+(\\.\\d+)? \\| "
                                    + "in-process / bare loop = \\d+\\.\\d+ \\|")
                    .containsPattern(
                            "\\| D\\. .* \\| longest pause [^|]+ \\| ms \\| \\d+(\\.\\d+)? \\| \\d+(\\.\\d+)? \\|");
        }
    }

    @Test
    @DisplayName(
            "tells that only the new tokens of a conversation are evaluated, and the last one of the completion before")
    void conversation() throws IOException, InterruptedException {
        try (InProcessTarget hyperion = new InProcessTarget(model)) {
            Map<String, Double> measures = new HashMap<>();
            new Conversation()
                    .measure(hyperion, new Words(9))
                    .forEach((measure, value) -> measures.put(measure.name(), value));

            for (int turn = 2; turn <= 10; turn++) {
                assertThat(measures.get("turn " + turn + ", evaluated beyond the new"))
                        .as("turn %d", turn)
                        .isBetween(0.0, 1.0);
            }
            assertThat(measures.get("all evaluated")).isLessThan(measures.get("all prompts") / 5);
        }
    }
}
