package io.hyperion.servers.consumer;

import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import jakarta.json.Json;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Has its client without CDI. */
@WebServlet("/plain")
public class PlainServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient HyperionClient hyperion = HyperionClient.lookup();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        GenerateRequest generate = GenerateRequest.builder()
                .prompt("Once upon a time")
                .maxTokens(24)
                .temperature(0)
                .build();
        response.setContentType("application/json");
        response.getWriter()
                .print(Json.createObjectBuilder()
                        .add("text", hyperion.generate(generate).text())
                        .build());
    }
}
