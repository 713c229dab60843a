package io.hyperion.examples.assistant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An inquiry")
class InquiryTests {
    private static final String WRITTEN = "'customer':'Ada','subject':'Lamp','text':'It is broken.'";

    private static ValidatorFactory validation;

    @BeforeAll
    static void open() {
        validation = Validation.byDefaultProvider()
                .configure()
                .messageInterpolator(new ParameterMessageInterpolator())
                .buildValidatorFactory();
    }

    @AfterAll
    static void close() {
        validation.close();
    }

    @Test
    @DisplayName("is read with defaults for all that a customer does not write")
    void defaults() throws IOException {
        assertThat(read("{" + WRITTEN + "}")).isEqualTo(new Inquiry("Ada", "Lamp", "It is broken.", "", "", 0, 400));
    }

    @Test
    @DisplayName("is read with the model, template and parameters that it is to be asked with")
    void all() throws IOException {
        assertThat(read("{" + WRITTEN + ",'model':'m','template':'chatml','temperature':0.7,'maxTokens':1e2}"))
                .isEqualTo(new Inquiry("Ada", "Lamp", "It is broken.", "m", "chatml", 0.7, 100));
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "'text'",
                "5",
                "{",
                "{'customer'",
                "{'customer':",
                "{'customer':'Ada'",
                "{'customer':'Ada',}",
                "{customer:'Ada'}",
                "\0"
            })
    @DisplayName("is refused as a whole where it is no JSON object")
    void broken(String body) {
        JsonObject problem = refused(body, 400);

        assertThat(problem.getString("detail")).isEqualTo("The body is not a JSON object");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {'customer':5}          | customer    | must be a text
                    {'text':null}           | text        | must be a text
                    {'subject':['a']}       | subject     | must be a text
                    {'model':{}}            | model       | must be a text
                    {'temperature':'hot'}   | temperature | must be a number
                    {'temperature':1e999}   | temperature | is too large a number
                    {'maxTokens':1.5}       | maxTokens   | must be a whole number
                    {'maxTokens':1e10}      | maxTokens   | must be a whole number
                    {'colour':'red'}        | colour      | is not a field of a ticket
                    """)
    @DisplayName("is refused with the name of a field that is of another type")
    void wrongType(String body, String field, String message) {
        assertThat(errors(refused(body, 400))).containsExactly(field + " " + message);
    }

    @Test
    @DisplayName("is refused where it is larger than all fields together can be")
    void tooLarge() throws IOException {
        String longest = WRITTEN.replace("It is broken.", "\\u00e4".repeat(4000));
        assertThat(read("{" + longest + "}").text()).hasSize(4000);

        JsonObject problem = refused("[".repeat(InquiryReader.LIMIT + 1), 413);
        assertThat(problem.getString("detail")).contains("32768");
    }

    @Test
    @DisplayName("is refused without what a customer must write, by the names of the fields")
    void missing() throws IOException {
        assertThat(fields(read("{'subject':'  '}"))).containsExactly("customer", "subject", "text");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    'temperature':2.1                       | temperature
                    'temperature':-0.1                      | temperature
                    'maxTokens':0                           | maxTokens
                    'maxTokens':4097                        | maxTokens
                    'template':'{{ messages }}'             | template
                    'template':'a name that is far too long' | template
                    """)
    @DisplayName("is refused with what is out of range, by the name of the field")
    void outOfRange(String more, String field) throws IOException {
        assertThat(fields(read("{" + WRITTEN + "," + more + "}"))).containsExactly(field);
    }

    @Test
    @DisplayName("is refused with texts that are too long, by the names of the fields")
    void tooLong() throws IOException {
        String body = "{'customer':'" + "a".repeat(81) + "','subject':'" + "a".repeat(121) + "','text':'"
                + "a".repeat(4001) + "','model':'" + "a".repeat(101) + "'}";

        assertThat(fields(read(body))).containsExactly("customer", "model", "subject", "text");
    }

    private static List<String> fields(Inquiry inquiry) {
        try (Response response = new InvalidInquiries()
                .toResponse(new ConstraintViolationException(
                        validation.getValidator().validate(inquiry)))) {
            assertThat(response.getStatus()).isEqualTo(400);
            assertThat(response.getMediaType()).hasToString("application/problem+json");
            return json(response).getJsonArray("errors").stream()
                    .map(JsonValue::asJsonObject)
                    .peek(error -> assertThat(error.getString("message")).isNotBlank())
                    .map(error -> error.getString("field"))
                    .toList();
        }
    }

    private static List<String> errors(JsonObject problem) {
        return problem.getJsonArray("errors").stream()
                .map(JsonValue::asJsonObject)
                .map(error -> error.getString("field") + " " + error.getString("message"))
                .toList();
    }

    private static JsonObject refused(String body, int status) {
        JsonObject[] problem = new JsonObject[1];
        assertThatThrownBy(() -> read(body)).isInstanceOfSatisfying(WebApplicationException.class, refusal -> {
            assertThat(refusal.getResponse().getStatus()).isEqualTo(status);
            problem[0] = json(refusal.getResponse());
        });
        return problem[0];
    }

    private static JsonObject json(Response response) {
        return Json.createReader(new StringReader((String) response.getEntity()))
                .readObject();
    }

    private static Inquiry read(String json) throws IOException {
        return new InquiryReader()
                .readFrom(
                        Inquiry.class,
                        Inquiry.class,
                        new Annotation[0],
                        MediaType.APPLICATION_JSON_TYPE,
                        new MultivaluedHashMap<>(),
                        new ByteArrayInputStream(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }
}
