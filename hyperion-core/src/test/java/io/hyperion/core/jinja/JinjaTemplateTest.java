package io.hyperion.core.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@DisplayName("A Jinja template")
class JinjaTemplateTest {
    private static final JsonMapper JSON = new JsonMapper();

    /** What is expected in cases.json is what Jinja2 3.1.6 rendered. */
    @TestFactory
    @DisplayName("renders what Python's Jinja2 renders, and fails where that fails")
    Stream<DynamicTest> cases() throws IOException {
        try (InputStream file = JinjaTemplateTest.class.getResourceAsStream("cases.json")) {
            JsonNode all = JSON.readTree(file);
            @SuppressWarnings("unchecked")
            Map<String, Object> variables = JSON.convertValue(all.get("variables"), Map.class);
            List<DynamicTest> tests = new ArrayList<>();
            all.get("groups").fields().forEachRemaining(group -> group.getValue()
                    .forEach(one -> tests.add(DynamicTest.dynamicTest(
                            group.getKey() + ": " + one.get("template").textValue(),
                            () -> check(one, group.getKey(), variables)))));
            return tests.stream();
        }
    }

    private static void check(JsonNode one, String group, Map<String, Object> variables) throws JinjaException {
        String template = one.get("template").textValue();
        if (one.has("rendered")) {
            assertThat(JinjaTemplate.compile(template).render(variables))
                    .isEqualTo(one.get("rendered").textValue());
            return;
        }
        JinjaException error = catchThrowableOfType(
                JinjaException.class, () -> JinjaTemplate.compile(template).render(variables));
        assertThat(error).isNotNull();
        assertThat(error.kind() == JinjaException.Kind.SYNTAX).isEqualTo(group.equals("syntax"));
    }

    @Test
    @DisplayName("tells the line and the column of an error, when it is compiled and when it is rendered")
    void places() {
        assertThatThrownBy(() -> JinjaTemplate.compile("a\nb {% nonsense %}"))
                .isInstanceOfSatisfying(JinjaException.class, error -> {
                    assertThat(error.kind()).isEqualTo(JinjaException.Kind.SYNTAX);
                    assertThat(error.line()).isEqualTo(2);
                    assertThat(error.column()).isEqualTo(6);
                    assertThat(error).hasMessageEndingWith("(line 2, column 6)");
                });
        assertThatThrownBy(() -> JinjaTemplate.compile("😀\n😀{{ 1 + 'a' }}").render(Map.of()))
                .isInstanceOfSatisfying(JinjaException.class, error -> {
                    assertThat(error.kind()).isEqualTo(JinjaException.Kind.FAULT);
                    assertThat(error.line()).isEqualTo(2);
                    assertThat(error.column()).isEqualTo(7);
                });
    }

    @Test
    @DisplayName("tells what it says itself with raise_exception")
    void raised() {
        assertThatThrownBy(() -> JinjaTemplate.compile("{{ raise_exception('No ' ~ x) }}")
                        .render(Map.of("x", "way")))
                .isInstanceOfSatisfying(JinjaException.class, error -> {
                    assertThat(error.kind()).isEqualTo(JinjaException.Kind.RAISED);
                    assertThat(error.reason()).isEqualTo("No way");
                });
    }

    @Test
    @DisplayName("knows the time")
    void time() throws JinjaException {
        Clock clock = Clock.fixed(Instant.parse("2024-07-06T03:04:05Z"), ZoneOffset.UTC);

        assertThat(JinjaTemplate.compile("{{ strftime_now('%d %b %Y, %A %B %-d %H:%M:%S %y %j %I %p %e %F %T %%') }}")
                        .render(Map.of(), clock))
                .isEqualTo("06 Jul 2024, Saturday July 6 03:04:05 24 188 03 AM  6 2024-07-06 03:04:05 %");
    }

    @Test
    @DisplayName("takes variables of Java, and lets them hide functions")
    void variables() throws JinjaException {
        Map<String, Object> variables = new HashMap<>();
        variables.put("none_at_all", null);
        variables.put("range", 3);
        variables.put("list", List.of(1, 2L, 1.5, true, "x"));

        assertThat(JinjaTemplate.compile("{{ none_at_all }} {{ range }} {{ list }}")
                        .render(variables))
                .isEqualTo("None 3 [1, 2, 1.5, True, 'x']");
        assertThatThrownBy(() -> JinjaTemplate.compile("").render(Map.of("x", new Object())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("is rendered by many threads at once")
    void threads() throws Exception {
        JinjaTemplate template = JinjaTemplate.compile(
                "{% set ns = namespace(s='') %}{% macro m(a) %}<{{ a }}>{% endmacro %}{% for i in range(200) %}{% set ns.s = ns.s ~ m(x) %}{% endfor %}{{ ns.s }}");
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<String>> rendered = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Map<String, Integer> variables = Map.of("x", i);
                rendered.add(pool.submit(() -> template.render(variables)));
            }
            for (int i = 0; i < 40; i++) {
                assertThat(rendered.get(i).get()).isEqualTo(("<" + i + ">").repeat(200));
            }
        } finally {
            pool.shutdown();
        }
    }
}
