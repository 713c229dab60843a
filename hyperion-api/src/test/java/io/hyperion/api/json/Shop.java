package io.hyperion.api.json;

import jakarta.json.bind.annotation.JsonbCreator;
import jakarta.json.bind.annotation.JsonbDateFormat;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.json.bind.annotation.JsonbTransient;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NegativeOrZero;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Null;
import jakarta.validation.constraints.Past;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/** Types as applications have them. */
public final class Shop {
    private Shop() {}

    public enum Currency {
        EUR,
        USD,
        CHF;

        @Override
        public String toString() {
            return "the currency " + name();
        }
    }

    public record Line(String article, @Positive int count, @DecimalMin("0.01") BigDecimal price) {}

    public record Invoice(
            @JsonbProperty("no") @Pattern(regexp = "[A-Z]{2}-[0-9]{1,6}") String number,
            LocalDate date,
            @Size(min = 1, max = 5) List<Line> lines,
            Optional<@Size(max = 20) String> note,
            Currency currency,
            boolean paid) {}

    public record Page<T>(List<T> items, Optional<T> first, int number) {}

    public record Pages(Page<Line> lines, Page<@NotBlank String> names) {}

    public record Tree(String name, List<Tree> children, Optional<Tree> twin) {}

    public record Forest(List<Tree> trees) {}

    public record Numbers(
            byte small,
            Short medium,
            int whole,
            Long large,
            BigInteger huge,
            float single,
            Double twofold,
            BigDecimal exact,
            OptionalInt perhaps,
            OptionalLong maybe,
            OptionalDouble possibly) {}

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

    public record Texts(String text, char letter, UUID id, URI link) {}

    public record Containers(
            int[] numbers,
            String[][] table,
            Set<Currency> currencies,
            Map<String, List<Line>> byName,
            Map<Currency, Integer> byCurrency,
            List<Optional<Integer>> gaps,
            Object anything) {}

    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
    @interface Nullable {}

    public record Nullables(@Nullable String one, @JsonbProperty(nillable = true) Integer two, @Nullable int three) {}

    public interface Update {}

    public record Constrained(
            @NotNull @Size(min = 2, max = 4) String sized,
            @NotBlank @Size(max = 10) String filled,
            @NotEmpty List<@Min(3) @Max(7) Integer> few,
            @Email String mail,
            @DecimalMin(value = "0", inclusive = false) @DecimalMax("1.5") double share,
            @DecimalMin("2.5") @DecimalMax(value = "9", inclusive = false) int between,
            @NegativeOrZero long debt,
            @Digits(integer = 3, fraction = 2) BigDecimal amount,
            @Digits(integer = Integer.MAX_VALUE, fraction = 2) BigDecimal any,
            @Digits(integer = 2, fraction = 0) int two,
            @AssertTrue boolean agreed,
            @Size(min = 1, max = 2) Map<String, Integer> map,
            @Null(groups = Update.class) @Pattern(regexp = "^a|b+$") String ab) {}

    @Description("a question about the weather")
    public record WeatherQuery(@Description("a city, such as Berlin") String city, Optional<Integer> days) {}

    public static class Base<T> {
        private T base;

        public T getBase() {
            return base;
        }

        public void setBase(T base) {
            this.base = base;
        }
    }

    public static class Customer extends Base<Currency> {
        public static int count;
        public final int fixed = 3;
        public int points;
        private String name;

        @JsonbProperty("mail")
        private String email;

        @JsonbTransient
        private String password;

        private String hidden;
        private String URL;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        @NotBlank
        public String getEmail() {
            return email;
        }

        public void setEmail(String email) {
            this.email = email;
        }

        public void setPassword(String password) {
            this.password = password;
        }

        public String getPassword() {
            return password;
        }

        public boolean isHidden() {
            return hidden == null;
        }

        public void setURL(@Size(max = 9) String url) {
            this.URL = url;
        }

        public String getURL() {
            return URL;
        }
    }

    public record Born(@Past LocalDate day) {}

    record Secret(int number) {}

    public sealed interface Shape permits Circle {}

    public record Circle(double radius) implements Shape {}

    public record Drawing(List<Shape> shapes) {}

    public record Formatted(@JsonbDateFormat("dd.MM.yyyy") LocalDate day) {}

    public record Hidden(@JsonbTransient String text) {}

    public record TwoWays(String a, String b) {
        public TwoWays(String a) {
            this(a, a);
        }
    }

    public record ChosenWay(String a, String b) {
        @JsonbCreator
        public ChosenWay {}

        public ChosenWay(String a) {
            this(a, a);
        }
    }

    public record Growing<T>(Optional<Growing<List<T>>> next) {}

    public record Threads(Map<String, Thread> threads) {}

    public record Keyed(Map<Integer, String> map) {}

    public record Misplaced(@Size(max = 3) int number) {}

    public record Twice(@Pattern(regexp = "a") @Pattern(regexp = "b") String text) {}

    public record Insensitive(@Pattern(regexp = "a", flags = Pattern.Flag.CASE_INSENSITIVE) String text) {}

    public static class Uncreatable {
        public Uncreatable(int number) {}
    }
}
