package io.hyperion.war.http;

import static java.lang.System.Logger.Level.DEBUG;

import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Ends the streams of callers who are gone without a word. Servers flush and close every answer once more after it was written, and some
 * report what that throws as a severe failure of theirs, with a stack trace for every caller who hung up.
 */
@Provider
public class QuietClose implements WriterInterceptor {
    private static final System.Logger LOG = System.getLogger(QuietClose.class.getName());

    @Override
    public void aroundWriteTo(WriterInterceptorContext context) throws IOException {
        if (context.getEntity() instanceof StreamingOutput) {
            context.setOutputStream(new QuietlyClosed(context.getOutputStream()));
        }
        context.proceed();
    }

    private static final class QuietlyClosed extends FilterOutputStream {
        private boolean gone;

        QuietlyClosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException failure) {
                gone = true;
                throw failure;
            }
        }

        @Override
        public void flush() throws IOException {
            if (gone) {
                return;
            }
            try {
                out.flush();
            } catch (IOException failure) {
                gone = true;
                throw failure;
            }
        }

        @Override
        public void close() {
            if (gone) {
                return;
            }
            try {
                out.close();
            } catch (IOException failure) {
                LOG.log(DEBUG, "The caller of a stream was gone before its end", failure);
            }
        }
    }
}
