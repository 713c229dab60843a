package io.hyperion.war.access;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.ForbiddenException;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelInfo;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which models somebody may use. A model has a name and perhaps aliases; whoever may use it by one of them may by all.
 *
 * @param models all models
 * @param identity who
 */
record Permission(HyperionClient models, Identity identity) {
    /**
     * What does not exist is forbidden like what does: he learns of no models but his own.
     *
     * @param model the name of a model or an alias; empty for the default model
     * @throws ForbiddenException if he may not use it
     */
    void require(Optional<String> model) {
        if (identity.models().isEmpty()) {
            return;
        }
        Set<String> allowed = identity.models().get();
        if (model.filter(allowed::contains).isPresent()) {
            return;
        }
        List<ModelInfo> all = models.models();
        boolean permitted = model.map(called -> name(all, called))
                .or(() -> all.stream()
                        .filter(ModelInfo::isDefault)
                        .map(ModelInfo::name)
                        .findFirst())
                .filter(name -> names(all, allowed).contains(name))
                .isPresent();
        if (!permitted) {
            throw new ForbiddenException(
                    ErrorCode.FORBIDDEN,
                    "model",
                    "The key '" + identity.name() + "' may not use "
                            + model.map(name -> "a model '" + Excerpts.of(name) + "'")
                                    .orElse("the default model")
                            + "; it may use "
                            + String.join(", ", new TreeSet<>(allowed)));
        }
    }

    /** {@return those that he may use} */
    List<ModelInfo> permitted() {
        List<ModelInfo> all = models.models();
        if (identity.models().isEmpty()) {
            return all;
        }
        Set<String> names = names(all, identity.models().get());
        return all.stream().filter(model -> names.contains(model.name())).toList();
    }

    private static Set<String> names(List<ModelInfo> all, Set<String> called) {
        return called.stream().map(one -> name(all, one)).collect(Collectors.toSet());
    }

    /** As requests are routed: a name is looked for before an alias. */
    private static String name(List<ModelInfo> all, String called) {
        return all.stream().anyMatch(model -> model.name().equals(called))
                ? called
                : all.stream()
                        .filter(model -> model.isCalled(called))
                        .map(ModelInfo::name)
                        .findFirst()
                        .orElse(called);
    }
}
