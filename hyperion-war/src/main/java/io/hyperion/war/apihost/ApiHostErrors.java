package io.hyperion.war.apihost;

import io.hyperion.war.http.ErrorFormat;
import io.hyperion.war.http.ErrorPaths;
import io.hyperion.war.json.Json;
import jakarta.enterprise.context.ApplicationScoped;

/** How API Host tells an error: {@code {"error":"…"}}; with the {@link io.hyperion.api.ErrorCode} beside it. */
@ApplicationScoped
public class ApiHostErrors implements ErrorPaths {
    static final ErrorFormat FORMAT = (error, status) -> Json.object()
            .add("error", error.getMessage())
            .add("code", error.code().code())
            .build();

    @Override
    public boolean claims(String path) {
        return path.equals("api") || path.startsWith("api/");
    }

    @Override
    public ErrorFormat errorFormat() {
        return FORMAT;
    }
}
