package io.hyperion.servers;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * The tables of {@code docs/servers.md}: a row for each behaviour, a column for each server and mode.
 *
 * @param columns the results, by column and by behaviour
 */
record MatrixFile(Map<String, Map<String, Cell>> columns) {
    /** The servers, in the order of the columns. */
    static final List<String> SERVERS = List.of("Payara Micro", "Payara Server", "WildFly", "TomEE", "Open Liberty");

    private static final List<Section> SECTIONS = List.of(
            new Section("Over the wire", WireBehaviour.class, List.of(Mode.values())),
            new Section("From another application", BorderBehaviour.class, List.of(Mode.values())),
            new Section("Wrong settings", SettingsBehaviour.class, List.of(Mode.values())),
            new Section("Coming and going", RedeployBehaviour.class, List.of(Mode.values())),
            new Section("Pools", PoolBehaviour.class, List.of(Mode.RAR)));

    private static final String BEGINNING =
            """
            # Application servers

            What Hyperion does on each server, as `mvn verify -Pservers` found it: that run writes this page. "WAR" is `hyperion.war` alone,
            with the models of the configuration; "RAR" is `hyperion.war` with `hyperion-ra.rar` and the pool that the files in
            `examples/servers` make. ✓ works, ✗ does not, – is told below its table; an empty cell was not tried.

            "Leaves nothing" is of Hyperion's threads, temporary files, copies of its classes (but for three of the last) and
            memory, as far as 100 MB can tell. TomEE keeps the classes of every web application that was undeployed, with Hyperion or without: they are not counted there.
            """;

    private static final String NOTE = "- ";

    /** {@return what the column of a server and mode is called} */
    static String column(String server, Mode mode) {
        return server + ", " + mode.title();
    }

    /** {@return what the text of the page has} */
    static MatrixFile read(String text) {
        Map<String, Map<String, Cell>> columns = new HashMap<>();
        List<String> header = List.of();
        for (String line : text.lines().toList()) {
            if (line.startsWith("| behaviour |")) {
                header = cells(line);
            } else if (line.startsWith("| ") && !header.isEmpty()) {
                List<String> row = cells(line);
                for (int i = 1; i < row.size() && i < header.size(); i++) {
                    if (!row.get(i).isEmpty()) {
                        columns.computeIfAbsent(header.get(i), column -> new HashMap<>())
                                .put(row.get(0), new Cell(row.get(i), ""));
                    }
                }
            } else if (line.startsWith(NOTE)) {
                String[] note = line.substring(NOTE.length()).split(": ", 3);
                columns.computeIfAbsent(note[0], column -> new HashMap<>()).put(note[1], new Cell("–", note[2]));
            }
        }
        return new MatrixFile(columns);
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split("\\|", -1)).skip(1).map(String::trim).toList();
    }

    /** {@return the same with new results in a column; those of behaviours that are not among them stay} */
    MatrixFile with(String column, Map<String, Cell> results) {
        Map<String, Map<String, Cell>> all = new HashMap<>(columns);
        Map<String, Cell> cells = new HashMap<>(columns.getOrDefault(column, Map.of()));
        cells.putAll(results);
        all.put(column, cells);
        return new MatrixFile(all);
    }

    /** {@return the page} */
    String text() {
        return BEGINNING + SECTIONS.stream().map(this::section).collect(Collectors.joining());
    }

    private String section(Section section) {
        List<String> names = SERVERS.stream()
                .flatMap(server -> section.modes().stream().map(mode -> column(server, mode)))
                .toList();
        StringBuilder text = new StringBuilder("\n## " + section.title() + "\n\n");
        text.append("| behaviour | ").append(String.join(" | ", names)).append(" |\n");
        text.append("|---".repeat(names.size() + 1)).append("|\n");
        List<String> notes = new ArrayList<>();
        for (String behaviour : section.rows()) {
            text.append("| ").append(behaviour).append(" |");
            for (String name : names) {
                Cell cell = columns.getOrDefault(name, Map.of()).getOrDefault(behaviour, new Cell("", ""));
                text.append(' ').append(cell.mark()).append(" |");
                if (!cell.reason().isEmpty()) {
                    notes.add(NOTE + name + ": " + behaviour + ": " + cell.reason() + "\n");
                }
            }
            text.append('\n');
        }
        if (!notes.isEmpty()) {
            text.append('\n');
            notes.forEach(text::append);
        }
        return text.toString();
    }

    /**
     * What a behaviour did.
     *
     * @param mark the character that stands in the table
     * @param reason why a server cannot have it, in one line; empty: nothing to be told
     */
    record Cell(String mark, String reason) {}

    private record Section(String title, Class<?> behaviour, List<Mode> modes) {
        List<String> rows() {
            return Stream.of(behaviour.getDeclaredMethods())
                    .filter(method -> method.isAnnotationPresent(Test.class))
                    .sorted(Comparator.comparingInt(
                            (Method method) -> method.getAnnotation(Order.class).value()))
                    .map(method -> method.getAnnotation(DisplayName.class).value())
                    .toList();
        }
    }
}
