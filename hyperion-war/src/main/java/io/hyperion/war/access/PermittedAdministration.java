package io.hyperion.war.access;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.ForbiddenException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.admin.ModelAdministration;
import io.hyperion.api.admin.ServerStatus;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What somebody may do with the models: the one place that keeps all but administrators from it, and writes down who did what. That goes to
 * the logger {@value #LOGGER}, a line for each act and for each attempt that is refused.
 */
final class PermittedAdministration implements ModelAdministration {
    static final String LOGGER = "io.hyperion.audit";

    private static final System.Logger LOG = System.getLogger(LOGGER);

    private final ModelAdministration administration;
    private final Permission permission;
    private final String address;

    /**
     * @param administration what is done with the models of this server
     * @param permission who does it, and which models he may use
     * @param address where he is
     */
    PermittedAdministration(ModelAdministration administration, Permission permission, String address) {
        this.administration = administration;
        this.permission = permission;
        this.address = address;
    }

    @Override
    public CompletableFuture<ModelInfo> load(String model, Consumer<ModelProgress> progress) {
        return administration.load(permitted("load", model), progress);
    }

    @Override
    public CompletableFuture<ModelInfo> pull(String model, Consumer<ModelProgress> progress) {
        return administration.pull(permitted("pull", model), progress);
    }

    @Override
    public CompletableFuture<ModelInfo> unload(String model) {
        return administration.unload(permitted("unload", model));
    }

    @Override
    public ModelInfo pin(String model, boolean pinned) {
        return administration.pin(permitted(pinned ? "pin" : "unpin", model), pinned);
    }

    @Override
    public ModelInfo add(String name, SortedMap<String, String> settings) {
        String permitted = written("add", name, () -> {
            permission.require(Optional.of(name));
            return name;
        });
        return administration.add(permitted, settings);
    }

    @Override
    public CompletableFuture<ModelInfo> remove(String model, boolean deleteFile) {
        return administration.remove(permitted(deleteFile ? "delete with its file" : "delete", model), deleteFile);
    }

    /** Everybody may see how the engine is. */
    @Override
    public ServerStatus status() {
        return administration.status();
    }

    private String permitted(String act, String model) {
        return written(act, model, () -> {
            permission.require(Optional.of(model));
            ModelInfo info = permission.models().model(model);
            requireOwn(info);
            return info.name();
        });
    }

    /** Writes down what he does or may not do. {@return the name of the model that the check gives} */
    private String written(String act, String model, Supplier<String> check) {
        String line = "'" + permission.identity().name() + "' at " + address + ": " + act + " model '"
                + Excerpts.of(model) + "'";
        try {
            requireAdministrator();
            String name = check.get();
            LOG.log(INFO, line);
            return name;
        } catch (HyperionException refusal) {
            LOG.log(WARNING, "{0} is refused ({1})", line, refusal.code().code());
            throw refusal;
        }
    }

    private void requireAdministrator() {
        if (!permission.identity().administrator()) {
            throw new ForbiddenException(
                    ErrorCode.FORBIDDEN,
                    "",
                    "Only an administrator may do this: somebody with a key that has hyperion.security.keys.<name>.admin=true,"
                            + " or a user of the server in the role " + Arrival.ROLE);
        }
    }

    private static void requireOwn(ModelInfo model) {
        if (model.description().origin() == ModelInfo.Origin.POOL) {
            throw new InvalidRequestException(
                    ErrorCode.KEPT_ELSEWHERE,
                    "model",
                    "The model '" + model.name() + "' is kept by a connection pool of the application server: change or"
                            + " redeploy that pool, in the server's console");
        }
    }
}
