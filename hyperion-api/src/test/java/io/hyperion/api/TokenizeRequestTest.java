package io.hyperion.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A request to tokenise or to detokenise")
class TokenizeRequestTest {
    private static void assertRefused(Runnable request, ErrorCode code, String parameter, String why) {
        assertThatThrownBy(request::run).isInstanceOfSatisfying(InvalidRequestException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(code);
            assertThat(refusal.parameter()).contains(parameter);
            assertThat(refusal).hasMessageContaining(why);
        });
    }

    @Test
    @DisplayName("adds no tokens and knows control tokens, unless it says otherwise")
    void defaults() {
        assertThat(TokenizeRequest.of("").addSpecial()).isFalse();
        assertThat(TokenizeRequest.of("").parseSpecial()).isTrue();
    }

    @Test
    @DisplayName("is refused with text that has no UTF-8 form or is too long")
    void text() {
        assertRefused(
                () -> TokenizeRequest.of("a\ud83d"),
                ErrorCode.INVALID_TEXT,
                "content",
                "unpaired surrogate at index 1");
        assertRefused(() -> TokenizeRequest.of("a\0"), ErrorCode.INVALID_TEXT, "content", "NUL character at index 1");
        String longest = "x".repeat(TokenizeRequest.MAX_LENGTH);
        assertThat(TokenizeRequest.of(longest).text()).isEqualTo(longest);
        assertRefused(() -> TokenizeRequest.of(longest + "x"), ErrorCode.OUT_OF_RANGE, "content", "at most 1048576");
    }

    @Test
    @DisplayName("is refused with a negative token or too many")
    void tokens() {
        assertRefused(() -> DetokenizeRequest.of(List.of(1, -2)), ErrorCode.OUT_OF_RANGE, "tokens", "-2 at index 1");
        List<Integer> most = Collections.nCopies(DetokenizeRequest.MAX_TOKENS, 7);
        assertThat(DetokenizeRequest.of(most).tokens()).hasSameSizeAs(most);
        assertRefused(
                () -> DetokenizeRequest.of(Collections.nCopies(DetokenizeRequest.MAX_TOKENS + 1, 7)),
                ErrorCode.OUT_OF_RANGE,
                "tokens",
                "at most 1048576");
    }

    @Test
    @DisplayName("is answered with pieces that are text only where they are whole characters")
    void pieces() {
        byte[] bytes = {(byte) 0xC3};
        TokenizeReply.Token half = new TokenizeReply.Token(7, bytes);
        bytes[0] = 'a';
        half.piece()[0] = 'b';
        assertThat(half.text()).isEmpty();
        assertThat(half.piece()).containsExactly(0xC3);
        assertThat(half)
                .isEqualTo(new TokenizeReply.Token(7, new byte[] {(byte) 0xC3}))
                .hasSameHashCodeAs(new TokenizeReply.Token(7, new byte[] {(byte) 0xC3}))
                .isNotEqualTo(new TokenizeReply.Token(7, new byte[] {'a'}));
        assertThat(new TokenizeReply.Token(8, new byte[] {'a'}).text()).contains("a");
    }
}
