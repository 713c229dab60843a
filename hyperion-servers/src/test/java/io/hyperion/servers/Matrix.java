package io.hyperion.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Writes what each behaviour did on one server into {@code docs/servers.md}, as a column of the tables there. Each class of tests
 * registers one. Also leaves out the servers that were not asked for.
 */
final class Matrix implements TestWatcher, AfterAllCallback, ExecutionCondition {
    private final String server;
    private final Mode mode;
    private final Map<String, MatrixFile.Cell> results = new LinkedHashMap<>();

    /**
     * Creates the column of a server.
     *
     * @param server its name, one of {@link MatrixFile#SERVERS}
     * @param mode how Hyperion is deployed there
     */
    Matrix(String server, Mode mode) {
        this.server = server;
        this.mode = mode;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        String wanted = System.getProperty("hyperion.servers", "");
        String name = server.toLowerCase(Locale.ROOT).replace(' ', '-');
        List<String> names = List.of(name, name + "-" + mode.title().toLowerCase(Locale.ROOT));
        return wanted.isBlank()
                        || !Collections.disjoint(names, List.of(wanted.trim().split("\\s*,\\s*")))
                ? ConditionEvaluationResult.enabled("it is asked for")
                : ConditionEvaluationResult.disabled("hyperion.servers=" + wanted + " asks for none of " + names);
    }

    @Override
    public void testSuccessful(ExtensionContext test) {
        results.put(test.getDisplayName(), new MatrixFile.Cell("✓", ""));
    }

    @Override
    public void testFailed(ExtensionContext test, Throwable cause) {
        results.put(test.getDisplayName(), new MatrixFile.Cell("✗", ""));
    }

    @Override
    public void testAborted(ExtensionContext test, Throwable cause) {
        results.put(test.getDisplayName(), new MatrixFile.Cell("–", cause.getMessage()));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Path file = Path.of(System.getProperty("hyperion.matrix"));
        try {
            MatrixFile before = Files.exists(file) ? MatrixFile.read(Files.readString(file)) : new MatrixFile(Map.of());
            Files.writeString(
                    file, before.with(MatrixFile.column(server, mode), results).text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
