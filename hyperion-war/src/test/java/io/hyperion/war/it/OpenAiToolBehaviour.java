package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.chat.completions.StructuredChatCompletionCreateParams;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.service.AiServices;
import io.hyperion.war.it.Wire.Answer;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools and forms of the text, as OpenAI's clients ask for them. */
interface OpenAiToolBehaviour extends Behaviour {
    String ASK = "'messages':[{'role':'user','content':'What is the weather in Oslo?'}],'temperature':0";
    String TOOLS = "'tools':[{'type':'function','function':{'name':'get_weather',"
            + "'description':'Get the current weather in a city','parameters':{'type':'object',"
            + "'properties':{'city':{'type':'string'}},'required':['city']}}}]";
    String SCHEMA = "{'type':'object','properties':{'mood':{'enum':['good','bad']},'sure':{'type':'boolean'}},"
            + "'required':['mood','sure'],'additionalProperties':false}";

    /** What {@link #SCHEMA} allows. */
    String FITS = "\\{\\s*\"mood\"\\s*:\\s*\"(good|bad)\"\\s*,\\s*\"sure\"\\s*:\\s*(true|false)\\s*}"
            + "|\\{\\s*\"sure\"\\s*:\\s*(true|false)\\s*,\\s*\"mood\"\\s*:\\s*\"(good|bad)\"\\s*}";

    @Test
    @DisplayName("OpenAI: a tool is called, and its result is told")
    default void openAiTool() {
        JsonObject choice = choice(wire().post("/v1/chat/completions", "{" + ASK + "," + TOOLS + "}"));
        assertThat(choice.getString("finish_reason")).isEqualTo("tool_calls");
        JsonObject message = choice.getJsonObject("message");
        assertThat(message.isNull("content")).isTrue();
        JsonObject call = message.getJsonArray("tool_calls").getJsonObject(0);
        assertThat(call.getString("id")).isNotEmpty();
        assertThat(call.getString("type")).isEqualTo("function");
        assertThat(call.getJsonObject("function").getString("name")).isEqualTo("get_weather");
        assertThat(Wire.json(call.getJsonObject("function").getString("arguments"))
                        .getString("city"))
                .isEqualTo("Oslo");

        String told = "{'messages':[{'role':'user','content':'What is the weather in Oslo?'}," + message
                + ",{'role':'tool','tool_call_id':'" + call.getString("id") + "','content':'It is raining.'}],"
                + "'temperature':0," + TOOLS + "}";
        JsonObject answer = choice(wire().post(
                        "/v1/chat/completions",
                        told.replace('\'', '"').getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        ""));
        assertThat(answer.getJsonObject("message").getString("content")).contains("rain");
        assertThat(answer.getString("finish_reason")).isEqualTo("stop");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"'required'", "{'type':'function','function':{'name':'get_weather'}}"})
    @DisplayName("OpenAI: a tool that has to be called is called, whatever is asked")
    default void openAiToolChoice(String choice) {
        JsonObject forced = choice(wire().post(
                        "/v1/chat/completions",
                        "{'messages':[{'role':'user','content':'Who are you?'}],'temperature':0," + TOOLS
                                + ",'tool_choice':" + choice + "}"));
        JsonObject function = forced.getJsonObject("message")
                .getJsonArray("tool_calls")
                .getJsonObject(0)
                .getJsonObject("function");
        assertThat(Wire.json(function.getString("arguments")).keySet()).containsExactly("city");
    }

    @Test
    @DisplayName("OpenAI: no tool is called that must not be")
    default void openAiNoTool() {
        JsonObject choice =
                choice(wire().post("/v1/chat/completions", "{" + ASK + "," + TOOLS + ",'tool_choice':'none'}"));
        assertThat(choice.getJsonObject("message")).doesNotContainKey("tool_calls");
        assertThat(choice.getString("finish_reason")).isNotEqualTo("tool_calls");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "'response_format':{'type':'json_schema','json_schema':{'name':'v','strict':true,'schema':" + SCHEMA
                        + "}}",
                "'response_format':{'type':'json_schema','schema':" + SCHEMA + "}",
                "'response_format':{'type':'json_object','schema':" + SCHEMA + "}",
                "'json_schema':" + SCHEMA
            })
    @DisplayName("OpenAI: a schema binds the text, in all shapes that are seen")
    default void openAiSchema(String format) {
        JsonObject choice = choice(wire().post("/v1/chat/completions", "{" + ASK + "," + format + "}"));
        assertThat(choice.getJsonObject("message").getString("content")).matches(FITS);
        Answer generated = wire().post("/generate", "{" + ASK + "," + format + "}");
        assertThat(generated.json().getString("output")).matches(FITS);
    }

    @Test
    @DisplayName("OpenAI: a schema that cannot be kept to is refused")
    default void openAiImpossibleSchema() {
        Answer answer = wire().post(
                        "/v1/chat/completions",
                        "{" + ASK + ",'response_format':{'type':'json_schema','json_schema':{'name':'x','schema':"
                                + "{'type':'object','if':{'required':['a']},'then':{'required':['b']}}}}}");
        assertThat(answer.status()).isEqualTo(400);
        JsonObject error = answer.json().getJsonObject("error");
        assertThat(error.getString("param")).startsWith("response_format");
        assertThat(error.getString("message")).contains("if");
    }

    @Test
    @DisplayName("Hyperion's own generate calls tools too")
    default void generateTool() throws IOException {
        JsonObject reply =
                wire().post("/generate", "{" + ASK + "," + TOOLS + "}").json();
        assertThat(reply.getString("finish_reason")).isEqualTo("tool_calls");
        assertThat(reply.getJsonArray("tool_calls")
                        .getJsonObject(0)
                        .getJsonObject("function")
                        .getString("name"))
                .isEqualTo("get_weather");
        try (Wire.Events events = wire().stream("/generate", "{" + ASK + "," + TOOLS + ",'stream':true}")) {
            StringBuilder arguments = new StringBuilder();
            for (Wire.Event event : events.all()) {
                if (event.data().containsKey("tool_call")) {
                    arguments.append(event.data().getJsonObject("tool_call").getString("arguments"));
                }
            }
            assertThat(Wire.json(arguments.toString()).getString("city")).isEqualTo("Oslo");
        }
    }

    /** A tool as OpenAI's client for Java takes it. */
    @JsonTypeName("get_weather")
    @JsonClassDescription("Get the current weather in a city")
    class GetWeather {
        /** The city. */
        @JsonPropertyDescription("The city")
        public String city;
    }

    /** A form of the text as OpenAI's client for Java takes it. */
    class Verdict {
        /** Two of them. */
        public enum Mood {
            /** Good. */
            GOOD,
            /** Bad. */
            BAD
        }

        /** How it is. */
        public Mood mood;

        /** Whether that is sure. */
        public boolean sure;
    }

    private static ChatCompletionCreateParams.Builder weather() {
        return ChatCompletionCreateParams.builder()
                .model(Fixture.SOUND)
                .addUserMessage("What is the weather in Oslo?")
                .temperature(0)
                .addTool(GetWeather.class);
    }

    @Test
    @DisplayName("OpenAI's client for Java calls tools and tells their results")
    default void officialTools() throws IOException {
        OpenAiClients.official(wire(), client -> {
            ChatCompletionMessage message = client.chat()
                    .completions()
                    .create(weather().build())
                    .choices()
                    .get(0)
                    .message();
            ChatCompletionMessageFunctionToolCall call =
                    message.toolCalls().orElseThrow().get(0).asFunction();
            assertThat(call.function().arguments(GetWeather.class).city).isEqualTo("Oslo");

            ChatCompletion answer = client.chat()
                    .completions()
                    .create(weather()
                            .addMessage(message)
                            .addMessage(ChatCompletionToolMessageParam.builder()
                                    .toolCallId(call.id())
                                    .content("17 degrees and cloudy")
                                    .build())
                            .build());
            assertThat(answer.choices().get(0).message().content().orElseThrow())
                    .contains("17");
        });
    }

    @Test
    @DisplayName("OpenAI's client for Java streams calls of tools")
    default void officialToolStream() throws IOException {
        OpenAiClients.official(wire(), client -> {
            ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
            ChatCompletionCreateParams params = weather()
                    .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
                    .build();
            try (StreamResponse<ChatCompletionChunk> stream =
                    client.chat().completions().createStreaming(params)) {
                stream.stream().forEach(accumulator::accumulate);
            }
            ChatCompletion.Choice choice =
                    accumulator.chatCompletion().choices().get(0);
            assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
            ChatCompletionMessageFunctionToolCall call =
                    choice.message().toolCalls().orElseThrow().get(0).asFunction();
            assertThat(call.function().name()).isEqualTo("get_weather");
            assertThat(call.function().arguments(GetWeather.class).city).isEqualTo("Oslo");
        });
    }

    @Test
    @DisplayName("OpenAI's client for Java gets an object of a class")
    default void officialSchema() throws IOException {
        OpenAiClients.official(wire(), client -> {
            StructuredChatCompletionCreateParams<Verdict> params = ChatCompletionCreateParams.builder()
                    .model(Fixture.SOUND)
                    .addUserMessage("What do you know about dogs?")
                    .temperature(0)
                    .responseFormat(Verdict.class)
                    .build();
            Verdict verdict = client.chat()
                    .completions()
                    .create(params)
                    .choices()
                    .get(0)
                    .message()
                    .content()
                    .orElseThrow();
            assertThat(verdict.mood).isNotNull();
        });
    }

    /** What LangChain4j makes of an interface. */
    interface Assistant {
        /** Answers. */
        String answer(String question);
    }

    /** What LangChain4j makes of an interface whose answer is an object. */
    interface Judge {
        /** Judges. */
        Verdict judge(String question);
    }

    /** A tool as LangChain4j takes it. */
    class WeatherStation {
        final List<String> cities = new ArrayList<>();

        /** {@return the weather in a city} */
        @dev.langchain4j.agent.tool.Tool(name = "get_weather", value = "Get the current weather in a city")
        public String weather(@P(name = "city", value = "The city") String city) {
            cities.add(city);
            return "17 degrees and cloudy";
        }
    }

    @Test
    @DisplayName("LangChain4j runs tools, and gets an object of a class")
    default void langChainTools() throws IOException {
        OpenAiClients.recorded(wire(), base -> {
            WeatherStation station = new WeatherStation();
            Assistant assistant = AiServices.builder(Assistant.class)
                    .chatModel(OpenAiClients.langChain(base).build())
                    .tools(station)
                    .build();
            assertThat(assistant.answer("What is the weather in Oslo?")).contains("17");
            assertThat(station.cities).containsExactly("Oslo");

            Judge judge = AiServices.create(
                    Judge.class,
                    OpenAiClients.langChain(base)
                            .responseFormat(ResponseFormat.JSON)
                            .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
                            .strictJsonSchema(true)
                            .build());
            assertThat(judge.judge("What do you know about dogs?").mood).isNotNull();
        });
    }

    private static JsonObject choice(Answer answer) {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json().getJsonArray("choices").getJsonObject(0);
    }
}
