package io.hyperion.examples.assistant;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A browser that hangs up")
class HangUpsTests {
    private interface Writer {
        void write(OutputStream out) throws IOException;
    }

    @Test
    @DisplayName("is told to who writes, and to nobody after that")
    void once() throws IOException {
        OutputStream[] seenByServer = new OutputStream[1];
        new HangUps().aroundWriteTo(context(new Gone(), seenByServer, out -> {
            assertThatThrownBy(() -> out.write(new byte[3])).hasMessage("gone");
            out.write(new byte[3]);
        }));

        assertThatCode(seenByServer[0]::flush).doesNotThrowAnyException();
        assertThatCode(seenByServer[0]::close).doesNotThrowAnyException();
    }

    @Test
    @DisplayName("ends what is written to him")
    void ends() {
        assertThatCode(() -> new HangUps()
                        .aroundWriteTo(context(new Gone(), new OutputStream[1], out -> out.write(new byte[3]))))
                .doesNotThrowAnyException();
    }

    @Test
    @DisplayName("is not mistaken for who cannot write")
    void otherFailures() {
        IOException unreadable = new IOException("The source is gone");

        assertThatThrownBy(() -> new HangUps()
                        .aroundWriteTo(context(new ByteArrayOutputStream(), new OutputStream[1], out -> {
                            throw unreadable;
                        })))
                .isSameAs(unreadable);
    }

    /** The server keeps the stream that it was given, and flushes and closes it later. */
    private static WriterInterceptorContext context(OutputStream out, OutputStream[] current, Writer writer) {
        current[0] = out;
        return (WriterInterceptorContext) Proxy.newProxyInstance(
                HangUpsTests.class.getClassLoader(),
                new Class<?>[] {WriterInterceptorContext.class},
                (context, method, arguments) -> switch (method.getName()) {
                    case "getOutputStream" -> current[0];
                    case "setOutputStream" -> {
                        current[0] = (OutputStream) arguments[0];
                        yield null;
                    }
                    case "proceed" -> {
                        writer.write(current[0]);
                        yield null;
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static final class Gone extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("gone");
        }

        @Override
        public void flush() throws IOException {
            throw new IOException("gone");
        }

        @Override
        public void close() throws IOException {
            throw new IOException("gone");
        }
    }
}
