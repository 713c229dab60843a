package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is at the context root, for programs and for browsers. */
interface PageBehaviour extends Behaviour {
    /** What Chromium and Firefox accept when somebody goes to an address. */
    String OF_BROWSERS = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "*/*                                    | application/json",
                "application/json                       | application/json",
                "application/json, text/html;q=0.9      | application/json",
                OF_BROWSERS + "                         | text/html;charset=UTF-8",
                "text/html                              | text/html;charset=UTF-8"
            })
    @DisplayName("the context root gives programs JSON, and browsers a page")
    default void negotiated(String accept, String type) {
        Answer answer = get("/", "Accept", accept);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type").replace(" ", "")).isEqualToIgnoringCase(type);
    }

    @Test
    @DisplayName("who does not say what he accepts gets JSON: version, engine, models, figures, which no cache keeps")
    default void jsonByDefault() {
        Answer answer = wire().get("/");
        assertThat(answer.header("Vary")).contains("Accept", "Origin");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.json().keySet())
                .contains("version", "engine", "uptime_seconds", "devices", "models", "downloads", "pools", "figures");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/", "/page/app.js", "/page/style.css", "/page/icon.svg"})
    @DisplayName("a file of the page comes with a strict policy, and not again as long as it is the same")
    default void cached(String path) {
        Answer first = get(path, "Accept", OF_BROWSERS);

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("Content-Security-Policy"))
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'")
                .doesNotContain("unsafe");
        assertThat(first.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(first.header("Cache-Control")).isEqualTo("no-cache");

        Answer again = wire().send(wire().request(path)
                .header("Accept", OF_BROWSERS)
                .header("If-None-Match", first.header("ETag"))
                .GET());
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.response().body()).isEmpty();
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
    }

    @Test
    @DisplayName("nothing but the page's own files is below it")
    default void nothingElse() {
        for (String path : List.of("/page", "/page/", "/page/nothing.js", "/page/..%2fPageFiles.class")) {
            Answer answer = wire().get(path);
            assertThat(answer.status()).as(path).isBetween(400, 404);
        }
    }

    @Test
    @DisplayName("the page has neither scripts nor styles among its markup, and nothing from elsewhere")
    default void nothingInline() {
        String page = get("/", "Accept", "text/html").response().body();

        assertThat(page)
                .doesNotContainPattern("<script(?![^>]*src=)")
                .doesNotContainPattern("<style|\\sstyle=|\\son\\w+=|javascript:")
                .doesNotContainPattern("\\s(?:src|href)=\"(?!page/|#)");
    }

    private Answer get(String path, String header, String value) {
        return wire().send(wire().request(path).header(header, value).GET());
    }
}
