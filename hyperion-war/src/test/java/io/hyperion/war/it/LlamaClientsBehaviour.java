package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The programs of the documentation of the first llama-like API, run as they are there but for the address. */
interface LlamaClientsBehaviour extends Behaviour {
    @Test
    @DisplayName("the documentation's curl line is answered")
    default void curl() throws IOException, InterruptedException {
        assumeTrue(runs("curl", "--version"), "curl is not installed");
        String answer = run(List.of(
                "curl",
                "--silent",
                "--request",
                "POST",
                "--url",
                wire().base() + "/completion",
                "--header",
                "Content-Type: application/json",
                "--data",
                "{\"prompt\": \"Building a website can be done in 10 simple steps:\",\"n_predict\": 128}"));
        JsonObject reply = Wire.json(answer);

        assertThat(reply.keySet()).contains("content");
        assertThat(reply.getBoolean("stop")).isTrue();
        assertThat(reply.getString("prompt")).isEqualTo("Building a website can be done in 10 simple steps:");
        assertThat(reply.getJsonObject("generation_settings").getInt("n_predict"))
                .isEqualTo(128);
        assertThat(reply.getInt("tokens_predicted")).isBetween(1, 128);
    }

    @Test
    @DisplayName("the documentation's program for Node.js prints a text")
    default void node() throws IOException, InterruptedException {
        assumeTrue(
                runs("node", "--eval", "process.exit(typeof fetch === 'function' ? 0 : 1)"),
                "Node.js 18 or later is not installed");
        String program =
                """
                const prompt = `Building a website can be done in 10 simple steps:`;
                async function Test() {
                    let response = await fetch("%s/completion", {
                        method: 'POST',
                        body: JSON.stringify({
                            prompt,
                            n_predict: 512,
                        })
                    })
                    console.log((await response.json()).content)
                }
                Test()
                """
                        .formatted(wire().base());

        assertThat(run(List.of("node", "--eval", program)))
                .as("a line, which may be empty: the model may end its text at once")
                .endsWith("\n")
                .isNotEqualTo("undefined\n");
    }

    @Test
    @DisplayName("the documentation's program for Python prints the next line of a dialogue")
    default void python() throws IOException, InterruptedException {
        requirePython();
        String program =
                """
                import requests
                API_URL = "%s/completion"
                def get_response(prompt, length=None):
                    params = {
                        "prompt": prompt,
                        "temperature": 0.9,
                        "top_p": 1,
                        "top_k": 40,
                        "n": 1,
                        "n_predict": length is None and 100 or length,
                        "stop": ["\\n", "Assistant:"]
                    }
                    response = requests.post(API_URL, json=params)
                    if response.status_code == 200:
                        return response.json()['content']
                    else:
                        return None
                if __name__ == "__main__":
                    response = get_response("User: Hello, how are you?\\nAssistant: ")
                    print(response)
                """
                        .formatted(wire().base());

        assertThat(run(List.of("python3", "-c", program)).strip())
                .isNotEqualTo("None")
                .doesNotContain("\n")
                .doesNotContain("Assistant:");
    }

    @Test
    @DisplayName(
            "the documentation's class for LangChain, which keeps its session and its slot, comes back to what is cached")
    default void langchain() throws IOException, InterruptedException {
        requirePython();
        // LangChain's base class only calls _call; the documentation calls requests.post, the text below it says to
        // keep cookies.
        String program =
                """
                import json
                import requests
                class Libertai:
                    api_base = "%s"
                    temperature = 0.9
                    top_p = 1
                    top_k = 40
                    cache_prompt = True
                    max_length = 100
                    slot_id = -1
                    session = None
                    stop = ["<|"]
                    def _call(self, prompt, stop=None, **kwargs):
                        if self.session is None:
                            self.session = requests.Session()
                        params = {
                            "prompt": prompt,
                            "temperature": self.temperature,
                            "top_p": self.top_p,
                            "top_k": self.top_k,
                            "n": 1,
                            "n_predict": self.max_length,
                            "stop": stop or self.stop,
                            "slot_id": self.slot_id,
                            "cache_prompt": True
                        }
                        response = self.session.post(f"{self.api_base}/completion", json=params)
                        if response.status_code == 200:
                            output = response.json()
                            self.slot_id = output['slot_id']
                            return output
                        else:
                            return None
                openhermes = Libertai()
                history = "User: What do you know about dogs, and about the sun?\\nAssistant:"
                first = openhermes._call(history)
                second = openhermes._call(history + first['content'] + "\\nUser: And about cats?\\nAssistant:")
                print(json.dumps([first, second, len(openhermes.session.cookies)]))
                """
                        .formatted(wire().base());
        List<JsonObject> outputs = new ArrayList<>();
        String printed = run(List.of("python3", "-c", program));
        outputs.add(Wire.list(printed).getJsonObject(0));
        outputs.add(Wire.list(printed).getJsonObject(1));

        assertThat(Wire.list(printed).getInt(2)).as("cookies kept").isEqualTo(1);
        assertThat(outputs.get(0).getInt("slot_id")).isNotNegative();
        assertThat(outputs.get(1).getInt("slot_id")).isEqualTo(outputs.get(0).getInt("slot_id"));
        assertThat(outputs.get(1).getInt("tokens_cached"))
                .as("the first prompt is not evaluated again")
                .isGreaterThanOrEqualTo(outputs.get(0).getInt("tokens_evaluated") - 1);
    }

    private static void requirePython() throws IOException, InterruptedException {
        assumeTrue(runs("python3", "-c", "import requests"), "Python 3 with requests is not installed");
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(output).isZero();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
