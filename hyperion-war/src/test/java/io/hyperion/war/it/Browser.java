package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.hyperion.war.it.Programs.Ran;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Chromium, which the scripts in {@code src/test/browser} drive. It is {@code /usr/bin/chromium}, or what the environment variable
 * {@code HYPERION_BROWSER} names. Where it, Node.js or their package from npm is not to be had, tests are skipped, unless the environment
 * variable {@code HYPERION_BROWSER_REQUIRED} says {@code true}.
 */
final class Browser {
    private static final Pattern RESULT =
            Pattern.compile("^(ok|not ok) (.+)\n((?:(?!ok |not ok ).*\n)*)", Pattern.MULTILINE);

    private final NodeProgram scripts;
    private final String executable;

    private Browser(NodeProgram scripts, String executable) {
        this.scripts = scripts;
        this.executable = executable;
    }

    static Browser find() throws IOException {
        String executable =
                Optional.ofNullable(System.getenv("HYPERION_BROWSER")).orElse("/usr/bin/chromium");
        NodeProgram scripts = NodeProgram.install("browser", "HYPERION_BROWSER_REQUIRED");
        scripts.need("Chromium is not here", executable, "--version");
        return new Browser(scripts, executable);
    }

    /**
     * Runs a script of tests.
     *
     * @param script its file
     * @param page the address of the page
     * @param more what else the script wants to know
     * @return what came of each of them
     */
    Stream<DynamicTest> test(String script, String page, String... more) {
        Ran ran = run(script, page, more);
        List<MatchResult> results = RESULT.matcher(ran.output()).results().toList();
        assertThat(results).as(ran.output()).isNotEmpty();
        Stream<DynamicTest> tests = results.stream()
                .map(result -> DynamicTest.dynamicTest(result.group(2), () -> {
                    if (result.group(1).equals("not ok")) {
                        fail(result.group(2) + "\n" + result.group(3));
                    }
                }));
        boolean allSucceeded =
                results.stream().allMatch(result -> result.group(1).equals("ok"));
        return Stream.concat(tests, Stream.of(DynamicTest.dynamicTest("the script runs to its end", () -> assertThat(
                        ran.status() == 0)
                .as(ran.output())
                .isEqualTo(allSucceeded))));
    }

    /**
     * Runs a script.
     *
     * @param script its file
     * @param page the address of the page
     * @param more what else the script wants to know
     * @return what came of it
     */
    Ran run(String script, String page, String... more) {
        String[] arguments =
                Stream.concat(Stream.of(page, executable), Arrays.stream(more)).toArray(String[]::new);
        return scripts.run(script, arguments);
    }
}
