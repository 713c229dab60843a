package io.hyperion.examples.assistant;

import static java.lang.System.Logger.Level.DEBUG;

import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Takes it calmly that a browser hangs up, which is what the page's stop button does. Servers flush and close behind the one who writes, and
 * report what that throws as severe failures.
 */
@Provider
public class HangUps implements WriterInterceptor {
    private static final System.Logger LOG = System.getLogger(HangUps.class.getName());

    @Override
    public void aroundWriteTo(WriterInterceptorContext context) throws IOException {
        Line line = new Line(context.getOutputStream());
        context.setOutputStream(line);
        try {
            context.proceed();
        } catch (IOException failure) {
            if (!line.dead) {
                throw failure;
            }
            LOG.log(DEBUG, "A browser is gone before the end of its answer", failure);
        }
    }

    private interface Attempt {
        void run() throws IOException;
    }

    /** Fails once, for the one who writes to know, and then takes all in silence. */
    private static final class Line extends FilterOutputStream {
        private boolean dead;

        Line(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            attempt(() -> out.write(bytes, offset, length));
        }

        @Override
        public void flush() throws IOException {
            attempt(out::flush);
        }

        @Override
        public void close() throws IOException {
            attempt(out::close);
        }

        private void attempt(Attempt attempt) throws IOException {
            if (dead) {
                return;
            }
            try {
                attempt.run();
            } catch (IOException failure) {
                dead = true;
                throw failure;
            }
        }
    }
}
