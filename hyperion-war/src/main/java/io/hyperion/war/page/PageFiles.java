package io.hyperion.war.page;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The files of the page, in memory. They are the same for everybody and hold no data. Browsers keep them, and ask each time whether they
 * are still the same: after an update of the WAR no old file meets a new one. Safe for use by many threads.
 */
@ApplicationScoped
public class PageFiles {
    /** The document, which the others belong to. */
    static final String DOCUMENT = "index.html";

    private static final String SCRIPT = "text/javascript;charset=UTF-8";

    private static final Map<String, String> TYPES = Map.of(
            DOCUMENT,
            "text/html;charset=UTF-8",
            "style.css",
            "text/css;charset=UTF-8",
            "icon.svg",
            "image/svg+xml;charset=UTF-8");

    private static final List<String> SCRIPTS = List.of(
            "theme.js",
            "app.js",
            "server.js",
            "chat.js",
            "answer.js",
            "models.js",
            "figures.js",
            "plot.js",
            "format.js");

    /**
     * Nothing but the page's own files, and no text that becomes code or markup: what models, users and administrators write is shown, and
     * can do nothing else.
     */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types 'none'";

    private Map<String, PageFile> files;

    @PostConstruct
    void read() {
        files = SCRIPTS.stream().collect(Collectors.toMap(Function.identity(), name -> PageFile.read(name, SCRIPT)));
        TYPES.forEach((name, type) -> files.put(name, PageFile.read(name, type)));
    }

    /**
     * Answers with a file, or with 304 if the asker has it.
     *
     * @param name its name
     * @param request the request
     * @return the answer; empty if there is no such file
     */
    Optional<Response.ResponseBuilder> answer(String name, Request request) {
        return Optional.ofNullable(files.get(name)).map(file -> answer(file, request));
    }

    private static Response.ResponseBuilder answer(PageFile file, Request request) {
        EntityTag tag = file.tag();
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
        Response.ResponseBuilder answer = unchanged != null
                ? unchanged
                : Response.ok(file.bytes(), file.type()).header(HttpHeaders.CONTENT_LENGTH, file.bytes().length);
        return answer.tag(tag)
                .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                .header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Resource-Policy", "same-origin");
    }
}
