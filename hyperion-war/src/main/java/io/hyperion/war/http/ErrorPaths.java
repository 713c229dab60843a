package io.hyperion.war.http;

/** Claims paths for a protocol's {@link ErrorFormat}: what fails there before its resource is reached is told in its words too. */
public interface ErrorPaths {
    /**
     * @param path a path below the context root, with no leading slash
     * @return whether errors of that path are told in this protocol's format
     */
    boolean claims(String path);

    /** {@return the format} */
    ErrorFormat errorFormat();
}
