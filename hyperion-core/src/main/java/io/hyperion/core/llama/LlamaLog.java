package io.hyperion.core.llama;

import com.sun.jna.Pointer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Brings the library's log to {@link System.Logger}, whole lines at a time, and remembers the last errors, which are the only place
 * where llama.cpp tells why a model did not load.
 */
final class LlamaLog implements LlamaH.LogCallback {
    private static final System.Logger LOGGER = System.getLogger("io.hyperion.llama");
    private static final int REMEMBERED_ERRORS = 8;
    private static final int MAX_LINE = 4096;

    private static final int LEVEL_INFO = 2;
    private static final int LEVEL_ERROR = 4;
    private static final int LEVEL_CONTINUE = 5;

    private final Deque<String> errors = new ArrayDeque<>();
    private final StringBuilder line = new StringBuilder();
    private int lineLevel = LEVEL_INFO;

    @Override
    public synchronized void log(int level, Pointer text, Pointer userData) {
        if (text == null) {
            return;
        }
        if (level != LEVEL_CONTINUE) {
            lineLevel = level;
        }
        String piece = text.getString(0, "UTF-8");
        int from = 0;
        for (int end; (end = piece.indexOf('\n', from)) >= 0; from = end + 1) {
            line.append(piece, from, end);
            flush();
        }
        line.append(piece, from, piece.length());
        if (line.length() > MAX_LINE) {
            flush();
        }
    }

    private void flush() {
        String message = line.toString().stripTrailing();
        line.setLength(0);
        // Rows of dots are a progress bar.
        if (message.isEmpty() || message.chars().allMatch(c -> c == '.')) {
            return;
        }
        if (lineLevel == LEVEL_ERROR) {
            if (errors.size() == REMEMBERED_ERRORS) {
                errors.removeFirst();
            }
            errors.addLast(message);
        }
        // Whoever calls what fails reports it, with the remembered errors; the rest is for developers of llama.cpp.
        LOGGER.log(System.Logger.Level.DEBUG, message);
    }

    /** Forgets the remembered errors: what is remembered later belongs to what is called next. */
    synchronized void forgetErrors() {
        errors.clear();
    }

    /** {@return the errors logged since the last {@link #forgetErrors()}, oldest first} */
    synchronized List<String> errors() {
        return List.copyOf(errors);
    }
}
