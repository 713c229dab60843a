package io.hyperion.core.engine;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.core.llama.Vocabulary;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The way between texts and the tokens of a loaded model. It ends with the model. Safe for use by many threads. */
public final class Tokenizer {
    private final String model;
    private final Vocabulary vocabulary;

    Tokenizer(String model, Vocabulary vocabulary) {
        this.model = model;
        this.vocabulary = vocabulary;
    }

    /**
     * Turns text into tokens.
     *
     * @param request the text
     * @return the tokens
     * @throws ModelUnavailableException if the model is being closed
     */
    public TokenizeReply tokenize(TokenizeRequest request) {
        // A long text has many more tokens than there are different ones.
        Map<Integer, TokenizeReply.Token> known = new HashMap<>();
        try {
            int[] tokens = vocabulary.tokenize(request.text(), request.addSpecial(), request.parseSpecial());
            return new TokenizeReply(
                    model,
                    Arrays.stream(tokens)
                            .mapToObj(id -> known.computeIfAbsent(
                                    id, token -> new TokenizeReply.Token(token, vocabulary.pieceOrName(token))))
                            .toList());
        } catch (IllegalStateException closed) {
            throw shuttingDown(closed);
        }
    }

    /**
     * Turns tokens into text.
     *
     * @param request the tokens
     * @return the text
     * @throws InvalidRequestException if there is no such token
     * @throws ModelUnavailableException if the model is being closed
     */
    public String detokenize(DetokenizeRequest request) {
        int[] tokens = TokenIds.checked("tokens", request.tokens(), vocabulary.size());
        try {
            return vocabulary.detokenize(tokens);
        } catch (IllegalStateException closed) {
            throw shuttingDown(closed);
        }
    }

    private ModelUnavailableException shuttingDown(IllegalStateException closed) {
        return new ModelUnavailableException(
                ErrorCode.SHUTTING_DOWN, "The model '" + model + "' is being unloaded", closed);
    }
}
