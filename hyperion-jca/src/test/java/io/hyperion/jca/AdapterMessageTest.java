package io.hyperion.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.text.MessageFormat;
import java.util.Arrays;
import java.util.Collections;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The messages of the adapter")
class AdapterMessageTest {
    private final ResourceBundle bundle = ResourceBundle.getBundle(AdapterMessage.BUNDLE);

    @Test
    @DisplayName("are those of the bundle: none is missing, none is left over, none has two numbers")
    void bundleAndCodeAgree() {
        assertThat(Arrays.stream(AdapterMessage.values()).map(AdapterMessage::number))
                .doesNotHaveDuplicates()
                .allMatch(number -> number.matches("HYPRA-[12]\\d{3}"))
                .containsExactlyInAnyOrderElementsOf(Collections.list(bundle.getKeys()));
    }

    @ParameterizedTest
    @EnumSource(AdapterMessage.class)
    @DisplayName("take as many arguments as their texts have, tell them, and begin with their numbers")
    void takesItsArguments(AdapterMessage message) {
        MessageFormat format = new MessageFormat(bundle.getString(message.number()));
        assertThat(format.getFormatsByArgumentIndex()).hasSize(message.arguments());
        Object[] values = new Object[message.arguments()];
        for (int i = 0; i < values.length; i++) {
            values[i] = 12345 + i;
        }
        String text = message.text(values);
        assertThat(text).startsWith(message.number() + ": ").doesNotContain("{", "''");
        for (Object value : values) {
            assertThat(text).contains(String.valueOf(value));
        }
        assertThatThrownBy(() -> message.text(new Object[values.length + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("are all used")
    void allAreUsed() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.hyperion.jca");
        Set<String> used = classes.get(AdapterMessage.class).getAccessesToSelf().stream()
                .filter(access -> access instanceof JavaFieldAccess
                        && !access.getOriginOwner().isEquivalentTo(AdapterMessage.class))
                .map(access -> access.getTarget().getName())
                .collect(Collectors.toSet());
        assertThat(used)
                .containsAll(Arrays.stream(AdapterMessage.values())
                        .map(AdapterMessage::name)
                        .toList());
    }
}
