package io.hyperion.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.servers.MatrixFile.Cell;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MatrixFileTests {
    private static final String ROW = "`POST /generate` answers";
    private static final MatrixFile EMPTY = new MatrixFile(Map.of());

    @Test
    @DisplayName("a column that ran is written, those of other servers stay")
    void keepsOthers() {
        String before = EMPTY.with("TomEE, WAR", Map.of(ROW, new Cell("✗", ""))).text();

        MatrixFile after = MatrixFile.read(before).with("WildFly, WAR", Map.of(ROW, new Cell("✓", "")));

        assertThat(after.columns()).hasSize(2);
        assertThat(after.text()).contains("| " + ROW + " |  |  |  |  | ✓ |  | ✗ |  |  |  |\n");
        assertThat(MatrixFile.read(after.text())).isEqualTo(after);
    }

    @Test
    @DisplayName(
            "why a server cannot have a behaviour stands below the table, and stays there until the test runs again")
    void notes() {
        String before = EMPTY.with("TomEE, WAR", Map.of(ROW, new Cell("–", "it has no: such thing")))
                .text();

        assertThat(before).contains("\n- TomEE, WAR: " + ROW + ": it has no: such thing\n");
        assertThat(MatrixFile.read(before).text()).isEqualTo(before);
        assertThat(MatrixFile.read(before)
                        .with("TomEE, WAR", Map.of(ROW, new Cell("✓", "")))
                        .text())
                .doesNotContain("such thing");
    }
}
