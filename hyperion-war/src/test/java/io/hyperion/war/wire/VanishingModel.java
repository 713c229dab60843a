package io.hyperion.war.wire;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelState;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;

/** A client of two models, {@code stays} and {@code goes}, of which the second is listed and then not there: its pool was taken away. */
public final class VanishingModel {
    private VanishingModel() {}

    /** {@return the client, which can do nothing but tell of its models} */
    public static HyperionClient client() {
        return (HyperionClient) Proxy.newProxyInstance(
                VanishingModel.class.getClassLoader(),
                new Class<?>[] {HyperionClient.class},
                (client, method, arguments) -> switch (method.getName()) {
                    case "models" -> List.of(model("goes"), model("stays"));
                    case "figures" -> figures((String) arguments[0]);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static ModelFigures figures(String model) {
        if (model.equals("goes")) {
            throw new ModelNotFoundException(ErrorCode.MODEL_NOT_FOUND, "There is no model 'goes'");
        }
        return ModelFigures.NONE;
    }

    private static ModelInfo model(String name) {
        return new ModelInfo(
                name, false, ModelState.LOADED, Optional.empty(), 1, 1, Optional.empty(), Optional.empty());
    }
}
