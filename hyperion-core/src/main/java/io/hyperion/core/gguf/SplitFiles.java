package io.hyperion.core.gguf;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Models that are split into files, as llama.cpp's {@code gguf-split} writes them: {@code name-00001-of-00003.gguf} and so on. The first
 * one has the metadata; each has a number, counted from 0, and its own tensors. llama.cpp is given the first and finds the others by their
 * names, and of each it asserts the type of its number.
 */
final class SplitFiles {
    static final String COUNT = "split.count";
    private static final String NUMBER = "split.no";
    private static final String TENSORS = "split.tensors.count";

    /** Far above what there are files of; llama.cpp keeps all of them open. */
    static final int MAX_PARTS = 1024;

    /** What tells that a part is of another model; not all parts have them. */
    private static final List<String> SAME = List.of("general.architecture", "general.name", COUNT, TENSORS);

    private static final Pattern FIRST = Pattern.compile("(.+)-00001-of-(\\d{5})\\.gguf");

    private final Path first;
    private final GgufFile head;
    private final Entries entries;

    private SplitFiles(GgufFile head) {
        this.first = head.path();
        this.head = head;
        this.entries = new Entries(head);
    }

    /** {@return the names that the files have by the name of the first; only that one if it has no such name} */
    static List<Path> of(Path first) {
        Matcher name = FIRST.matcher(Messages.name(first));
        int count = name.matches() ? Integer.parseInt(name.group(2)) : 1;
        return count < 2 || count > MAX_PARTS
                ? List.of(first)
                : IntStream.range(0, count)
                        .mapToObj(part -> first.resolveSibling(name.group(1) + ending(part, count)))
                        .toList();
    }

    private static String ending(int part, int count) {
        return String.format("-%05d-of-%05d.gguf", part + 1, count);
    }

    /**
     * Reads the other files that a model is split into.
     *
     * @param head what the first file says
     * @return what all say together; the same if it is not split
     */
    static GgufFile join(GgufFile head) throws IOException {
        // Of another type it is told with all else that the file must not be loaded for.
        return head.metadata().get(COUNT) instanceof GgufValue.Whole count
                        && count.type() == GgufType.UINT16
                        && count.value() > 1
                ? new SplitFiles(head).join((int) count.value())
                : head;
    }

    private GgufFile join(int count) throws IOException {
        long number = number(entries);
        if (number != 0) {
            throw entries.fault(
                    NUMBER,
                    "is " + number + ": this is file " + (number + 1) + " of the " + count
                            + " that the model is split into, and the first one must be given");
        }
        if (count > MAX_PARTS) {
            throw entries.fault(COUNT, "is " + count + ", and must be at most " + MAX_PARTS);
        }
        if (!Messages.name(first).endsWith(ending(0, count))) {
            throw entries.fault(
                    COUNT,
                    "is " + count + ": the model is split, and llama.cpp finds the other files only if the name of this"
                            + " one ends in " + ending(0, count));
        }
        long tensors = entries.whole(TENSORS, GgufType.INT32).orElseThrow(() -> entries.fault(TENSORS, "is missing"));
        List<GgufFile> parts = new ArrayList<>(List.of(head));
        List<Path> paths = of(first);
        long heads = head.dataOffset();
        for (int part = 1; part < count; part++) {
            GgufFile read = read(paths.get(part), part, count);
            heads += read.dataOffset();
            if (heads > GgufInput.MAX_HEAD) {
                throw new GgufException(
                        read.path(),
                        0,
                        "the heads of the files until this one take more than the " + GgufInput.MAX_HEAD
                                + " bytes that they may");
            }
            parts.add(read);
        }
        GgufFile joined = GgufFile.join(parts);
        if (joined.tensors().size() != tensors) {
            throw entries.fault(
                    TENSORS,
                    "is " + tensors + ", but the " + count + " files have "
                            + joined.tensors().size() + " tensors: one of them is of another model");
        }
        return joined;
    }

    private GgufFile read(Path path, int part, int count) throws IOException {
        GgufFile file;
        try {
            file = GgufReader.read(path, part);
        } catch (NoSuchFileException e) {
            GgufException missing = entries.fault(
                    COUNT,
                    "is " + count + ": the model is split, and of its files " + Messages.name(path) + " is missing");
            missing.initCause(e);
            throw missing;
        }
        Entries own = new Entries(file);
        long number = number(own);
        if (number != part) {
            throw own.fault(
                    NUMBER,
                    "is " + number + ", but by its name this is file " + (part + 1) + " of " + count
                            + ", which has the number " + part + ": the files are mixed up");
        }
        for (String key : SAME) {
            if (own.has(key) && !file.metadata().get(key).equals(head.metadata().get(key))) {
                throw own.fault(key, "is another one than in " + Messages.name(first) + ": of another model");
            }
        }
        return file;
    }

    private static long number(Entries entries) throws GgufException {
        OptionalLong number = entries.whole(NUMBER, GgufType.UINT16);
        return number.orElseThrow(() -> entries.fault(NUMBER, "is missing"));
    }
}
