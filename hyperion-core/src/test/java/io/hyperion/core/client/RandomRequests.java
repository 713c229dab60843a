package io.hyperion.core.client;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.LogitBias;
import io.hyperion.api.LoraScale;
import io.hyperion.api.Parameter;
import io.hyperion.api.Prompt;
import io.hyperion.api.ResponseFormat;
import io.hyperion.api.Sampler;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolChoice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Random requests over every parameter there is: most values are allowed, some are at a border, and some are far beyond. */
final class RandomRequests {
    private static final double[] STRANGE = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.MAX_VALUE,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        -0.0,
        1e-300,
        -1,
        1e9
    };

    private static final List<String> PHRASES = List.of(
            "once upon a time",
            "the",
            " ",
            "\n",
            "<s>",
            "</s>",
            "<unk>",
            "<|im_start|>user\n",
            "<0x41>",
            "<0x00>",
            "é",
            "漢字",
            "👩‍👩‍👧",
            "\u200b",
            "\uFFFD",
            "\u0001",
            "▁",
            "%s%n",
            "${jndi:x}",
            "\"}]",
            "a\tb");

    private static final List<String> GRAMMARS = List.of(
            "root ::= \"yes\" | \"no\"",
            "root ::= [a-z]+ (\" \" [a-z]+)* \".\"?",
            "root ::= object\nobject ::= \"{\" (pair (\",\" pair)*)? \"}\"\npair ::= \"\\\"\" [a-z]* \"\\\":\" value\n"
                    + "value ::= object | [0-9]+ | \"null\"",
            "root ::= .{0,5}",
            "root ::= \"\"",
            "root ::= [^a]*",
            "root ::= (\"a\" | \"a\" | [a-b] | .)* (\"a\" | \"\")*",
            "root ::= x x x\nx ::= (\"a\" | x2)*\nx2 ::= [a-c]* | \"t\" x2",
            "root ::= e\ne ::= \"a\" | \"(\" e \")\" | \"(\" e e \")\" | \"(\" e e e \")\"",
            "root ::= [\\x00-\\x1f]{2}",
            "root ::= \"漢\" [字-孟]",
            "root ::= root2\nroot2 ::= root2 \"a\"",
            "root ::= missing",
            "start ::= \"a\"",
            "root ::= \"unclosed",
            "root ::= [z-a]",
            "root ::= a{99999999}",
            "root ::= (((((",
            "root ::=",
            "::=",
            "# nothing");

    private static final List<LogitBias> MANY_BIASES = IntStream.rangeClosed(0, GenerateParameters.MAX_LOGIT_BIASES)
            .mapToObj(i -> LogitBias.of(i % 300, i % 7 - 3))
            .toList();

    private final Random random;
    private final List<String> models;
    private String model = "";

    RandomRequests(Random random, List<String> models) {
        this.random = random;
        this.models = models;
    }

    /**
     * The next one.
     *
     * @throws io.hyperion.api.HyperionException if it is refused as it is made
     */
    GenerateRequest next() {
        GenerateParameters.Builder parameters = GenerateParameters.builder();
        boolean sane = random.nextInt(4) > 0;
        model = oneOf(models);
        // Short ones: many small requests find more than few large ones.
        parameters.maxTokens(random.nextInt(6));
        for (Parameter parameter : Parameter.values()) {
            if (random.nextInt(6) == 0) {
                set(parameters, parameter, sane);
            }
        }
        if (random.nextInt(50) == 0) {
            parameters.ignoreEos(true).maxTokens(400).contextShift(random.nextBoolean());
        }
        GenerateRequest.Builder request = GenerateRequest.builder().model(model);
        if (!sane && random.nextInt(30) == 0) {
            request.model(oneOf(List.of("", "none", "a\nb", "vectors")));
        }
        if (random.nextInt(4) == 0) {
            request.caller("caller " + random.nextInt(4));
        }
        if (random.nextInt(12) == 0) {
            request.timeout(duration(sane));
        }
        if (random.nextInt(5) == 0) {
            for (int i = random.nextInt(4); i >= 0; i--) {
                request.user(text(sane));
            }
            if (random.nextInt(4) == 0) {
                request.template(oneOf(List.of("chatml", "none")));
            }
            request.templateVariable("x", null);
            if (random.nextInt(3) == 0) {
                tools(request);
            }
        } else if (sane || random.nextInt(20) > 0) {
            request.prompt(prompt(sane));
        }
        if (random.nextInt(12) == 0) {
            request.responseFormat(oneOf(List.of(
                    ResponseFormat.JSON_OBJECT,
                    new ResponseFormat.JsonSchema(Map.of("enum", List.of(1, "a"))),
                    new ResponseFormat.JsonSchema(Map.of("type", "nothing")))));
        }
        return request.parameters(parameters.build()).build();
    }

    private Prompt prompt(boolean sane) {
        return switch (random.nextInt(6)) {
            case 0 -> {
                List<Prompt.Part> parts = new ArrayList<>();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    parts.add(
                            random.nextBoolean()
                                    ? new Prompt.Part.Text(text(sane))
                                    : new Prompt.Part.Tokens(tokens(sane)));
                }
                yield new Prompt.Mixed(parts);
            }
            case 1 -> {
                List<Prompt.Extra> extra = new ArrayList<>();
                for (int i = random.nextInt(3); i > 0; i--) {
                    extra.add(new Prompt.Extra(oneOf(PHRASES), text(sane).repeat(1 + random.nextInt(20))));
                }
                yield new Prompt.Infill(
                        text(sane).repeat(1 + random.nextInt(40)),
                        text(sane),
                        random.nextBoolean() ? "" : text(sane),
                        extra);
            }
            default -> new Prompt.Raw(text(sane));
        };
    }

    private List<Integer> tokens(boolean sane) {
        List<Integer> tokens = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            // Those that all models have, or of one that is not there.
            tokens.add(
                    sane || random.nextInt(10) > 0
                            ? random.nextInt(300)
                            : oneOf(List.of(-1, 311, 312, 313, 317, 318, 1 << 20, Integer.MAX_VALUE)));
        }
        return tokens;
    }

    private void tools(GenerateRequest.Builder request) {
        List<Tool> tools = List.of(
                new Tool("get_weather", text(true), Map.of("properties", Map.of("city", Map.of("type", "string")))),
                new Tool("python", "", Map.of("properties", Map.of("code", Map.of("type", "string")))),
                new Tool("clock.now-2", "", Map.of()));
        request.tools(tools.subList(0, 1 + random.nextInt(3)))
                .parallelToolCalls(random.nextBoolean())
                .toolChoice(oneOf(List.of(
                        ToolChoice.AUTO,
                        ToolChoice.REQUIRED,
                        ToolChoice.NONE,
                        new ToolChoice.Named("get_weather"),
                        new ToolChoice.Named("python"))));
    }

    private void set(GenerateParameters.Builder parameters, Parameter parameter, boolean sane) {
        boolean strange = !sane && random.nextInt(6) == 0;
        switch (parameter.type()) {
            case NUMBER -> parameters.set(parameter, strange ? anyNumber(parameter) : number(parameter));
            case WHOLE -> {
                if (parameter != Parameter.MAX_TOKENS || strange) {
                    parameters.set(parameter, strange ? anyWhole(parameter) : whole(parameter));
                }
            }
            case BOOLEAN -> parameters.set(parameter, random.nextBoolean());
            case TEXT -> parameters.grammar(grammar(sane));
            case LIST -> list(parameters, parameter, sane);
        }
    }

    private double number(Parameter parameter) {
        double range = parameter.max() - parameter.min();
        return switch (random.nextInt(6)) {
            // A share of what is exactly 0 or at the border is not allowed, such as top_p 0.
            case 0 -> parameter == Parameter.TOP_P ? Double.MIN_VALUE : parameter.min();
            case 1 -> parameter.max();
            case 2 -> Math.max(parameter.min(), Math.min(parameter.max(), 1e-30));
            case 3 -> Math.max(parameter.min(), Math.min(parameter.max(), random.nextDouble()));
            default -> Math.max(1e-6, parameter.min()) + random.nextDouble() * range * 0.999;
        };
    }

    private double anyNumber(Parameter parameter) {
        return switch (random.nextInt(4)) {
            case 0 -> Math.nextUp(parameter.max());
            case 1 -> Math.nextDown(parameter.min());
            default -> STRANGE[random.nextInt(STRANGE.length)];
        };
    }

    private long whole(Parameter parameter) {
        long min = (long) parameter.min();
        long max = (long) parameter.max();
        return switch (parameter) {
            // Each of them takes a slot for a while.
            case N, BEST_OF -> 1 + random.nextInt(random.nextInt(40) == 0 ? 64 : 4);
            case ID_SLOT -> random.nextInt(2) - 1;
            default ->
                switch (random.nextInt(4)) {
                    case 0 -> min;
                    case 1 -> max;
                    default -> min + Math.floorMod(random.nextLong(), Math.min(100, max - min + 1));
                };
        };
    }

    private long anyWhole(Parameter parameter) {
        return switch (random.nextInt(5)) {
            case 0 -> Long.MIN_VALUE;
            case 1 -> Long.MAX_VALUE;
            case 2 -> (long) parameter.max() + 1;
            case 3 -> (long) parameter.min() - 1;
            default -> random.nextInt();
        };
    }

    private void list(GenerateParameters.Builder parameters, Parameter parameter, boolean sane) {
        switch (parameter) {
            case DRY_SEQUENCE_BREAKERS ->
                parameters.drySequenceBreakers(texts(
                        sane, GenerateParameters.MAX_SEQUENCE_BREAKERS, List.of("\n", ":", "a", "\"", "th", "*")));
            case SAMPLERS -> {
                List<Sampler> samplers = new ArrayList<>(Arrays.asList(Sampler.values()));
                Collections.shuffle(samplers, random);
                List<Sampler> some = new ArrayList<>(samplers.subList(0, random.nextInt(samplers.size() + 1)));
                if (!sane && random.nextInt(10) == 0) {
                    some.addAll(samplers);
                }
                parameters.samplers(some);
            }
            case LOGIT_BIAS -> parameters.logitBias(biases(sane));
            case STOP ->
                parameters.stop(texts(
                        sane, GenerateParameters.MAX_STOP_STRINGS, List.of("a", "e", "\uFFFD", "the", "漢", " ", "ab")));
            case LORA -> {
                List<LoraScale> scales = new ArrayList<>();
                int ids = !sane ? 4 : model.equals("adapted") ? 2 : 0;
                for (int i = random.nextInt(ids + 1); i > 0; i--) {
                    scales.add(new LoraScale(
                            sane ? scales.size() : random.nextInt(ids) - (random.nextInt(20) == 0 ? 1 : 0),
                            sane || random.nextInt(10) > 0
                                    ? random.nextInt(5) - 2
                                    : oneOf(List.of(1000.0, -1000.0, Double.NaN, 1001.0, 1e-40))));
                }
                parameters.lora(scales);
            }
            default -> throw new IllegalArgumentException("A list that is not known: " + parameter);
        }
    }

    private List<String> texts(boolean sane, int max, List<String> some) {
        List<String> texts = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            texts.add(oneOf(some));
        }
        if (!sane) {
            switch (random.nextInt(12)) {
                case 0 -> texts.addAll(Collections.nCopies(max, oneOf(some)));
                case 1 -> texts.add("");
                case 2 -> texts.add("a".repeat(random.nextInt(2000) + 1));
                case 3 -> texts.add(oneOf(PHRASES));
                case 4 -> texts.add("\uD800");
                case 5 -> texts.add("a\0b");
                default -> {
                    // As it is.
                }
            }
        }
        return texts;
    }

    private List<LogitBias> biases(boolean sane) {
        List<LogitBias> biases = new ArrayList<>();
        if (!sane && random.nextInt(8) == 0) {
            return MANY_BIASES.subList(0, MANY_BIASES.size() - random.nextInt(2));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            double bias =
                    switch (random.nextInt(sane ? 4 : 5)) {
                        case 0 -> LogitBias.BANNED;
                        case 1 -> LogitBias.MAX_BIAS;
                        case 2 -> -LogitBias.MAX_BIAS;
                        case 3 -> random.nextGaussian() * 5;
                        default -> STRANGE[random.nextInt(STRANGE.length)];
                    };
            if (random.nextBoolean()) {
                biases.add(LogitBias.of(oneOf(PHRASES), bias));
            } else {
                biases.add(LogitBias.of(
                        sane ? random.nextInt(300) : oneOf(List.of(-1, 300, 312, 313, Integer.MAX_VALUE, 2)), bias));
            }
        }
        return biases;
    }

    private String grammar(boolean sane) {
        String grammar = sane ? GRAMMARS.get(random.nextInt(11)) : oneOf(GRAMMARS);
        if (!sane && random.nextInt(3) == 0) {
            char[] changed = grammar.toCharArray();
            changed[random.nextInt(changed.length)] = "\"[]{}()|*+?.\\^:= \n\0\uD800a1".charAt(random.nextInt(22));
            return new String(changed);
        }
        return !sane && random.nextInt(40) == 0 ? "root ::= " + "(".repeat(random.nextInt(70_000)) : grammar;
    }

    private Duration duration(boolean sane) {
        return sane
                ? Duration.ofNanos(1 + random.nextInt(20_000_000))
                : oneOf(List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofDays(2), Duration.ofDays(1)));
    }

    private String text(boolean sane) {
        if (!sane) {
            switch (random.nextInt(30)) {
                case 0 -> {
                    return "";
                }
                case 1 -> {
                    return "a\0b";
                }
                case 2 -> {
                    return "\uDC00 \uD800";
                }
                case 3 -> {
                    return oneOf(PHRASES).repeat(1 + random.nextInt(1000));
                }
                case 4 -> {
                    return "ab".repeat(50_000);
                }
                default -> {
                    // An ordinary one.
                }
            }
        }
        StringBuilder text = new StringBuilder();
        // Few beginnings, so that prompts share them.
        text.append(PHRASES.get(random.nextInt(3)).repeat(random.nextInt(4)));
        for (int i = random.nextInt(4); i >= 0; i--) {
            text.append(oneOf(PHRASES));
        }
        if (model.equals("plain") && random.nextInt(40) == 0) {
            text.append("once upon a time ".repeat(20 + random.nextInt(40)));
        }
        return text.toString();
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
