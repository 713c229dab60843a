package io.hyperion.core.jinja;

/**
 * A piece of a template.
 *
 * @param type what it is
 * @param text the name, the operator, or the text as it is rendered
 * @param value the number of a numeric literal; else the text
 * @param position where it begins in the source
 */
record Token(Type type, String text, Object value, int position) {
    enum Type {
        DATA("template text"),
        BLOCK_BEGIN("begin of statement block"),
        BLOCK_END("end of statement block"),
        VARIABLE_BEGIN("begin of print statement"),
        VARIABLE_END("end of print statement"),
        NAME("name"),
        STRING("string"),
        INTEGER("integer"),
        FLOAT("float"),
        OPERATOR("operator"),
        END("end of template");

        private final String description;

        Type(String description) {
            this.description = description;
        }
    }

    boolean is(Type other) {
        return type == other;
    }

    boolean isName(String name) {
        return type == Type.NAME && text.equals(name);
    }

    boolean isOperator(String operator) {
        return type == Type.OPERATOR && text.equals(operator);
    }

    String describe() {
        return type == Type.NAME || type == Type.OPERATOR ? text : type.description;
    }
}
