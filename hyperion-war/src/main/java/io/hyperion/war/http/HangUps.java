package io.hyperion.war.http;

import static java.lang.System.Logger.Level.DEBUG;

import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Takes it calmly when a caller hangs up before he has his answer. Servers report what writing, flushing and closing then throw as severe
 * failures of theirs, with a stack trace each.
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
            if (!line.isDead()) {
                throw failure;
            }
            LOG.log(DEBUG, "A caller is gone before the end of his answer", failure);
        }
    }

    /** Fails once, for who writes to know, and then takes all in silence. */
    private static final class Line extends FilterOutputStream {
        private boolean dead;

        Line(OutputStream out) {
            super(out);
        }

        boolean isDead() {
            return dead;
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
            try {
                attempt(out::close);
            } catch (IOException failure) {
                LOG.log(DEBUG, "A caller is gone at the end of his answer", failure);
            }
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

    private interface Attempt {
        void run() throws IOException;
    }
}
