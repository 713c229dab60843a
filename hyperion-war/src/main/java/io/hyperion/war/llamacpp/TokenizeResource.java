package io.hyperion.war.llamacpp;

import io.hyperion.api.HyperionClient;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.war.access.Caller;
import io.hyperion.war.http.Tasks;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.InputStream;
import java.util.Optional;
import java.util.Set;

/** {@code POST /tokenize}: a text in, its tokens out. */
@Path("tokenize")
@ApplicationScoped
public class TokenizeResource {
    private static final String CONTENT = "content";
    private static final String ADD_SPECIAL = "add_special";
    private static final String PARSE_SPECIAL = "parse_special";
    private static final String WITH_PIECES = "with_pieces";

    /** The names of all fields that mean something. */
    static final Set<String> FIELDS = Set.of(ModelName.NAME, CONTENT, ADD_SPECIAL, PARSE_SPECIAL, WITH_PIECES);

    @Inject
    Tasks tasks;

    @Inject
    Caller caller;

    /**
     * @param headers the request's headers
     * @param response where the answer goes
     * @param model the model of a request that names none
     * @param body the request's body
     */
    @POST
    public void tokenize(
            @Context HttpHeaders headers,
            @Suspended AsyncResponse response,
            @QueryParam(ModelName.NAME) String model,
            InputStream body) {
        HyperionClient client = caller.client();
        tasks.serve(
                headers,
                body,
                response,
                FIELDS,
                LlamaErrors.FORMAT,
                fields -> tokens(client, fields, ModelName.ofQuery(model)));
    }

    static JsonObject tokens(HyperionClient client, Fields fields, Optional<String> model) {
        boolean withPieces = fields.bool(WITH_PIECES).orElse(false);
        TokenizeReply reply = client.tokenize(new TokenizeRequest(
                ModelName.of(fields, model),
                fields.requireText(CONTENT),
                fields.bool(ADD_SPECIAL).orElse(false),
                fields.bool(PARSE_SPECIAL).orElse(true)));
        JsonArrayBuilder tokens = Json.list();
        for (TokenizeReply.Token token : reply.tokens()) {
            if (withPieces) {
                tokens.add(Json.object().add("id", token.id()).add("piece", piece(token)));
            } else {
                tokens.add(token.id());
            }
        }
        return Json.object().add("tokens", tokens).add("model", reply.model()).build();
    }

    /** A text, or the bytes of what is only a part of a character. */
    private static JsonValue piece(TokenizeReply.Token token) {
        return token.text().map(Json::value).orElseGet(() -> {
            JsonArrayBuilder bytes = Json.list();
            for (byte one : token.piece()) {
                bytes.add(one & 0xFF);
            }
            return bytes.build();
        });
    }
}
