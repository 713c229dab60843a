package io.hyperion.api.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The page about remote clients")
class RemoteDocumentationTest {
    private static final Path PAGE = Path.of("..", "docs", "remote.md");

    @Test
    @DisplayName("has an example that compiles")
    void example(@TempDir Path classes) throws IOException {
        Matcher code = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        assertThat(code.find()).isTrue();
        String source =
                "import io.hyperion.api.*; import io.hyperion.api.remote.*; import java.net.URI; import java.time.Duration;\n"
                        + "class Example { void run() {\n" + code.group(1) + "} }";
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///Example.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreErrors) {
                        return source;
                    }
                };
        boolean compiled = compiler.getTask(
                        complaints,
                        null,
                        null,
                        List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        List.of(file))
                .call();

        assertThat(compiled).as(complaints.toString()).isTrue();
    }

    @Test
    @DisplayName("tells the defaults that there are")
    void defaults() throws IOException {
        assertThat(Files.readString(PAGE))
                .contains("| `connectTimeout` | " + RemoteClientBuilder.DEFAULT_CONNECT_TIMEOUT.toSeconds() + " s |")
                .contains("up to " + SocketTransport.USUAL_LIMIT + " requests")
                .contains("longer than " + SocketTransport.LONG + " characters");
    }
}
