package io.hyperion.war.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.config.Configuration;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The properties")
class PropsResourceTests {
    @Test
    @DisplayName("cannot be set as long as the administrator does not allow it, and the refusal tells how")
    void readOnly() {
        PropsResource resource = new PropsResource();
        resource.settings =
                Configuration.of(List.of(), name -> Optional.empty()).settings();

        InvalidRequestException refusal = catchThrowableOfType(
                InvalidRequestException.class, () -> resource.set(null, null, null, InputStream.nullInputStream()));

        assertThat(LlamaErrors.FORMAT.status(refusal)).isEqualTo(501);
        assertThat(refusal).hasMessageContaining("hyperion.llamacpp.props");
    }
}
