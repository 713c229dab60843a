package io.hyperion.core.engine;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import java.util.List;

/** Tokens that a caller names: llama.cpp reads beyond its tables for those that a model does not have. */
final class TokenIds {
    private TokenIds() {}

    /**
     * @param parameter the field that they come from
     * @param ids the tokens
     * @param vocabularySize how many tokens the model has
     * @return the tokens
     * @throws InvalidRequestException ({@link ErrorCode#OUT_OF_RANGE}) if the model does not have one of them
     */
    static int[] checked(String parameter, List<Integer> ids, int vocabularySize) {
        int[] tokens = new int[ids.size()];
        int index = 0;
        for (int id : ids) {
            if (id < 0 || id >= vocabularySize) {
                throw new InvalidRequestException(
                        ErrorCode.OUT_OF_RANGE,
                        parameter,
                        "'" + parameter + "' holds " + id + " at index " + index
                                + ", but the last token of the model is " + (vocabularySize - 1));
            }
            tokens[index++] = id;
        }
        return tokens;
    }
}
