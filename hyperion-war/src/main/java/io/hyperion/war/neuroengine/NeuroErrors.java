package io.hyperion.war.neuroengine;

import io.hyperion.war.http.ErrorFormat;
import io.hyperion.war.http.ErrorPaths;
import io.hyperion.war.json.Json;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * How NeuroEngine tells an error: {@code {"reply":"…","errorcode":1003}}. Its clients show the reply and take any error code but 0 for a
 * reason to try again; here it is the number of the {@link io.hyperion.api.ErrorCode}.
 */
@ApplicationScoped
public class NeuroErrors implements ErrorPaths {
    static final ErrorFormat FORMAT = (error, status) -> Json.object()
            .add("reply", error.getMessage())
            .add("errorcode", number(error.code().code()))
            .build();

    private static int number(String code) {
        return Integer.parseInt(code.substring(code.indexOf('-') + 1));
    }

    @Override
    public boolean claims(String path) {
        return path.equals("neuroengine") || path.startsWith("neuroengine/");
    }

    @Override
    public ErrorFormat errorFormat() {
        return FORMAT;
    }
}
