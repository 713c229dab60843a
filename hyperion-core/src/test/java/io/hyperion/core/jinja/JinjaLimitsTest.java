package io.hyperion.core.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The limits of Jinja templates")
class JinjaLimitsTest {
    private static final JinjaLimits SMALL =
            new JinjaLimits(1_000_000, 100_000, 200_000, 1_000_000, 64, JinjaLimits.DEFAULT.depth());
    /** Less than application servers give their threads. */
    private static final long STACK = 512 * 1024;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
                "{{ 'a' * 10**9 }}",
                "{{ [1] * 10**9 }}",
                "{{ range(10**9)|list }}",
                "{{ (10**10) ** (10**9) }}",
                "{{ '%1000000000d' % 1 }}",
                "{{ '%*d' % (-10**10, 1) }}",
                "{{ '%.1000000000f' % 1.5 }}",
                "{{ '{:1000000000}'.format(1) }}",
                "{{ 'a'|center(10**9) }}",
                "{{ ('a\\n' * 1000)|indent(10**6) }}",
                "{{ [[1]]|tojson(indent=10**9) }}",
                "{{ ['a' * 1000] * 1000|int }}{{ (['a' * 1000] * 1000)|join }}",
                "{{ ('a' * 1000).replace('a', 'b' * 1000) }}",
                "{{ '\\t'.expandtabs(10**9) }}{{ '1'.zfill(10**9) }}",
                "{% set ns = namespace(x='a') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
                "{% set ns = namespace(x=['a']) %}{% for i in range(100) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
                "{% set ns = namespace(x=3) %}{% for i in range(100) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
                "{{ [1]|batch(10**9, 0)|list }}",
                "{% for i in range(1000) %}{{ 'x' * 1000 }}{% endfor %}",
                "{% set x = 'a' * 90000 %}{% for i in range(10000) %}{% set y = x|length %}{% endfor %}",
            })
    @DisplayName("hold for time and for what is made on the way")
    void work(String template) {
        assertThatThrownBy(() -> JinjaTemplate.compile(template, SMALL).render(Map.of()))
                .isInstanceOfSatisfying(
                        JinjaException.class, error -> assertThat(error.kind()).isEqualTo(JinjaException.Kind.LIMIT));
    }

    static Stream<String> deep() {
        return Stream.of(
                "{{ " + "(".repeat(100_000) + " }}",
                "{{ " + "[".repeat(100_000) + " }}",
                "{{ " + "-".repeat(100_000) + "1 }}",
                "{{ " + "1 if x else ".repeat(20_000) + "2 }}",
                "{{ 1" + " if x".repeat(20_000) + " }}",
                "{% if 1 %}".repeat(20_000),
                "{{ [1]" + "|map('int')".repeat(10_000) + "|list }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro m(n) %}{% call m(n) %}{{ caller() }}{% endcall %}{% endmacro %}{{ m(1) }}",
                "{% macro m(n) %}{% filter upper %}{% set x %}{% for i in [1] %}{{ [m(n)]|first }}{% endfor %}{% endset %}{{ x }}"
                        + "{% endfilter %}{% endmacro %}{{ m(1) }}",
                "{% for i in [[]] recursive %}{{ loop([i]) }}{% endfor %}",
                "{% set ns = namespace(x=[]) %}{% for i in range(9000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
                "{% set ns = namespace(x=[]) %}{% for i in range(9000) %}{% set ns.x = {'a': ns.x} %}{% endfor %}{{ ns.x|tojson }}",
                "{% set ns = namespace(x=[], y=[]) %}{% for i in range(9000) %}{% set ns.x = [ns.x] %}{% set ns.y = [ns.y] %}{% endfor %}"
                        + "{{ ns.x == ns.y }}",
                "{% set ns = namespace(x=()) %}{% for i in range(9000) %}{% set ns.x = (ns.x,) %}{% endfor %}{{ {ns.x: 1} }}",
                "{% set ns = namespace(x=[1]) %}{% for i in range(9000) %}{% set ns.x = ns.x|map('int') %}{% endfor %}{{ ns.x|list }}",
                "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}");
    }

    @ParameterizedTest
    @MethodSource("deep")
    @DisplayName("hold for depth, before the stack of a small thread ends")
    void depth(String template) throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        JinjaTemplate.compile(template, SMALL).render(Map.of());
                    } catch (JinjaException | Error e) {
                        thrown.set(e);
                    }
                },
                "small",
                STACK);
        thread.start();
        thread.join();

        assertThat(thrown.get()).isInstanceOfSatisfying(JinjaException.class, error -> assertThat(error.kind())
                .isEqualTo(JinjaException.Kind.LIMIT));
    }

    @Test
    @DisplayName("let long rows of operators through, which are not deep")
    void rows() throws JinjaException {
        assertThat(JinjaTemplate.compile("{{ 1" + "+1".repeat(50_000) + " }}", SMALL)
                        .render(Map.of()))
                .isEqualTo("50001");
        assertThat(JinjaTemplate.compile("{{ " + "not ".repeat(50_001) + "x }}", SMALL)
                        .render(Map.of()))
                .isEqualTo("True");
        assertThat(JinjaTemplate.compile("{{ 'a'" + "|upper".repeat(20_000) + " }}", SMALL)
                        .render(Map.of()))
                .isEqualTo("A");
    }

    @Test
    @DisplayName("let through what long conversations need")
    void longConversations() throws JinjaException {
        List<Map<String, String>> messages = java.util.Collections.nCopies(
                100_000, Map.of("role", "user", "content", "What do you know about dogs?"));
        JinjaTemplate template = JinjaTemplate.compile("{% for message in messages %}{% if message['role'] == 'user' %}"
                + "{{ '<|' ~ message.role ~ '|>' ~ message.content|trim ~ '<|end|>' }}{% endif %}{% endfor %}");

        assertThat(template.render(Map.of("messages", messages))).hasSize(100_000 * (8 + 28 + 7));
    }

    @Test
    @DisplayName("hold for the length of a template")
    void length() {
        assertThatThrownBy(() -> JinjaTemplate.compile("x".repeat(JinjaLimits.DEFAULT.templateLength() + 1)))
                .isInstanceOfSatisfying(
                        JinjaException.class, error -> assertThat(error.kind()).isEqualTo(JinjaException.Kind.LIMIT));
    }
}
