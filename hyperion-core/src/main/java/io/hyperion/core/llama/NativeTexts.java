package io.hyperion.core.llama;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Texts as native code takes them: an array of pointers to NUL-terminated UTF-8, in one block of memory. */
final class NativeTexts implements AutoCloseable {
    private final Memory memory;

    NativeTexts(List<String> texts) {
        List<byte[]> utf8 = texts.stream()
                .map(text -> (text + '\0').getBytes(StandardCharsets.UTF_8))
                .toList();
        long pointers = (long) Native.POINTER_SIZE * texts.size();
        long bytes = utf8.stream().mapToLong(text -> text.length).sum();
        memory = new Memory(Math.max(1, pointers + bytes));
        long at = pointers;
        for (int i = 0; i < utf8.size(); i++) {
            memory.setPointer((long) Native.POINTER_SIZE * i, memory.share(at));
            memory.write(at, utf8.get(i), 0, utf8.get(i).length);
            at += utf8.get(i).length;
        }
    }

    /** {@return the array, until this is closed} */
    Pointer pointers() {
        return memory;
    }

    @Override
    public void close() {
        memory.close();
    }
}
