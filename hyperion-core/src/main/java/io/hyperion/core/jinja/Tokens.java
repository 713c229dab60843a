package io.hyperion.core.jinja;

import java.util.List;

/** The tokens of a template, with the one that comes next. */
final class Tokens {
    private final List<Token> tokens;
    private int at;

    Tokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    /** The one after the current one; the end stays the end. */
    Token following() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    /** Goes on. {@return the token that was current} */
    Token next() {
        Token token = current();
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    Token expect(Token.Type type) {
        if (!current().is(type)) {
            throw unexpected(new Token(type, "name", "", 0).describe());
        }
        return next();
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected(operator);
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected(name);
        }
    }

    boolean skipOperator(String operator) {
        boolean found = current().isOperator(operator);
        if (found) {
            next();
        }
        return found;
    }

    boolean skipName(String name) {
        boolean found = current().isName(name);
        if (found) {
            next();
        }
        return found;
    }

    private Fault unexpected(String expected) {
        Token token = current();
        return token.is(Token.Type.END)
                ? Fault.syntax(token.position(), "unexpected end of template, expected '" + expected + "'.")
                : Fault.syntax(token.position(), "expected token '" + expected + "', got '" + token.describe() + "'");
    }
}
