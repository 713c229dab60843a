package io.hyperion.core.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.Conversation;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.JavaTool;
import io.hyperion.api.Message;
import io.hyperion.api.Role;
import io.hyperion.api.ToolChoice;
import io.hyperion.api.TypeRef;
import io.hyperion.api.UnreadableReplyException;
import io.hyperion.api.json.Description;
import io.hyperion.core.TestModels;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The demo model knows nothing of invoices: what it writes is what the schema lets it, and that is what is tested. */
@DisplayName("Objects and tools, with a real model,")
@Timeout(120)
class TypedRepliesTest {
    private static final int SEEDS = 6;

    private static InProcessClient client;

    public enum Currency {
        EUR,
        USD
    }

    public record Line(
            @NotBlank @Size(max = 12) String article,
            @Positive int count,
            @Digits(integer = 3, fraction = 2) BigDecimal price) {}

    public record Invoice(
            @JsonbProperty("no") @Pattern(regexp = "[A-Z]{2}-[0-9]{1,6}") String number,
            LocalDate date,
            @Size(min = 1, max = 2) List<Line> lines,
            Optional<Currency> currency,
            boolean paid) {}

    public record Times(
            LocalDate date,
            LocalTime time,
            LocalDateTime dateTime,
            OffsetDateTime offsetDateTime,
            OffsetTime offsetTime,
            ZonedDateTime zoned,
            Instant instant,
            YearMonth month,
            Duration duration,
            Period period) {}

    public record Values(
            byte small,
            long large,
            @Digits(integer = 30, fraction = 0) BigInteger huge,
            @DecimalMin("-1.5") double real,
            OptionalInt perhaps,
            char letter,
            UUID id,
            @Size(max = 2) int[] numbers,
            @Size(max = 2) Set<Currency> currencies,
            Map<Currency, Integer> amounts) {}

    public record Tree(@PositiveOrZero int number, Optional<Tree> left, Optional<Tree> right) {}

    public static class Customer {
        @Size(max = 20)
        private String name;

        public int points;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }
    }

    public record City(@Description("the name of the city") String city) {}

    public record Weather(int temperature, String condition) {}

    @BeforeAll
    static void open() {
        client = InProcessClient.open(TestModels.demo());
    }

    @AfterAll
    static void close() {
        client.close();
    }

    private static GenerateRequest.Builder request(int seed) {
        return GenerateRequest.builder()
                .user("What do you know about dogs?")
                .temperature(1.5)
                .seed(seed);
    }

    /** Asks with several seeds: each reply is an object, or was cut short; so many of them at least are objects. */
    private static <T> void askOften(Class<T> type, int maxTokens, int atLeast, Consumer<T> check) {
        int objects = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            try {
                check.accept(client.generate(request(seed).maxTokens(maxTokens).build(), type));
                objects++;
            } catch (UnreadableReplyException e) {
                assertThat(e.code()).as(() -> e.getMessage() + "\n" + e.text()).isEqualTo(ErrorCode.INCOMPLETE_REPLY);
            }
        }
        assertThat(objects).as("objects of " + type.getSimpleName()).isGreaterThanOrEqualTo(atLeast);
    }

    @Test
    @DisplayName("give a record, whatever the model would rather say")
    void records() {
        askOften(Invoice.class, 600, SEEDS / 2, invoice -> {
            assertThat(invoice.number()).matches("[A-Z]{2}-[0-9]{1,6}");
            assertThat(invoice.date()).isNotNull();
            assertThat(invoice.lines()).hasSizeBetween(1, 2).allSatisfy(line -> {
                assertThat(line.article()).isNotBlank().hasSizeLessThanOrEqualTo(12);
                assertThat(line.count()).isPositive();
                assertThat(line.price().scale()).isLessThanOrEqualTo(2);
                assertThat(line.price().abs()).isLessThan(BigDecimal.valueOf(1000));
            });
            assertThat(invoice.currency()).isNotNull();
        });
    }

    @Test
    @DisplayName("give dates and times that java.time reads")
    void times() {
        askOften(Times.class, 600, SEEDS / 2, times -> assertThat(times).hasNoNullFieldsOrProperties());
    }

    @Test
    @DisplayName("give values of all kinds")
    void values() {
        askOften(Values.class, 600, SEEDS / 2, values -> assertThat(values).hasNoNullFieldsOrProperties());
    }

    @Test
    @DisplayName("give types that contain themselves, beans, and constants")
    void others() {
        askOften(Tree.class, 150, 1, tree -> assertThat(tree.left()).isNotNull());
        askOften(Customer.class, 150, SEEDS / 2, customer -> assertThat(customer.getName())
                .isNotNull());
        askOften(
                Currency.class, 150, SEEDS / 2, currency -> assertThat(currency).isIn(Currency.EUR, Currency.USD));
    }

    @Test
    @DisplayName("give lists")
    void lists() {
        List<Currency> list =
                client.generate(request(1).temperature(0).maxTokens(200).build(), new TypeRef<List<Currency>>() {});
        assertThat(list).isSubsetOf(Currency.EUR, Currency.USD);
    }

    @Test
    @DisplayName("tell what was cut short")
    void cut() {
        UnreadableReplyException error = catchThrowableOfType(
                UnreadableReplyException.class,
                () -> client.generate(request(1).maxTokens(4).build(), Invoice.class));
        assertThat(error.code()).isEqualTo(ErrorCode.INCOMPLETE_REPLY);
        assertThat(error.text()).startsWith("{");
    }

    @Test
    @DisplayName("run a Java function that the model calls, and answer with what it gave")
    void tools() {
        List<String> asked = new ArrayList<>();
        JavaTool weather = JavaTool.of("get_weather", "Get the current weather in a city", City.class, query -> {
            asked.add(query.city());
            return new Weather(21, "sunny");
        });
        Conversation conversation = client.converse(
                GenerateRequest.builder()
                        .user("What is the weather in Berlin?")
                        .temperature(0)
                        .maxTokens(120)
                        .build(),
                List.of(weather));
        assertThat(asked).containsExactly("Berlin");
        assertThat(conversation.text()).contains("21", "sunny", "Berlin");
        assertThat(conversation.rounds()).isEqualTo(1);
        assertThat(conversation.messages())
                .extracting(Message::role)
                .containsExactly(Role.USER, Role.ASSISTANT, Role.TOOL, Role.ASSISTANT);
    }

    @Test
    @DisplayName("run a function that has to be called, once, with arguments of its type")
    void required() {
        List<String> asked = new ArrayList<>();
        JavaTool lookup = JavaTool.of("get_weather", "Get the current weather in a city", City.class, query -> {
            asked.add(query.city());
            return "{\"temperature\": 3, \"condition\": \"foggy\"}";
        });
        Conversation conversation = client.converse(
                GenerateRequest.builder()
                        .user("What do you know about dogs?")
                        .tools(List.of(lookup.tool()))
                        .toolChoice(ToolChoice.REQUIRED)
                        .parallelToolCalls(false)
                        .temperature(0)
                        .maxTokens(120)
                        .build(),
                List.of(lookup),
                1);
        assertThat(asked).hasSize(1);
        assertThat(conversation.rounds()).isEqualTo(1);
    }
}
