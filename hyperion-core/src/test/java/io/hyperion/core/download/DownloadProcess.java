package io.hyperion.core.download;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Downloads a file elsewhere: in a process of its own, or with classes of its own. */
public final class DownloadProcess implements Callable<String> {
    private final Path directory;
    private final URI uri;
    private final Optional<String> sha256;

    /**
     * @param directory the directory of models
     * @param uri the address of the file
     * @param sha256 what its SHA-256 must be; empty if nobody has said
     */
    public DownloadProcess(String directory, String uri, String sha256) {
        this.directory = Path.of(directory);
        this.uri = URI.create(uri);
        this.sha256 = sha256.isEmpty() ? Optional.empty() : Optional.of(sha256);
    }

    /** Downloads the file, and returns its path. */
    @Override
    public String call() throws Exception {
        try (Downloads downloads = new Downloads(directory, TestDownloads.settings(5))) {
            return TestDownloads.ended(downloads.begin(new ModelSource.Web(uri), sha256, true))
                    .toString();
        }
    }

    /**
     * Says that it has begun; downloads what it is told to, and writes the path of the file.
     *
     * @param args directory, address and checksum
     */
    public static void main(String[] args) throws Exception {
        System.out.println("begun");
        System.out.println(new DownloadProcess(args[0], args[1], args[2]).call());
    }

    /** {@return where the classes are that downloads and their tests need} */
    private static List<Path> classes() throws URISyntaxException {
        List<Path> classes = new ArrayList<>();
        for (Class<?> one : List.of(DownloadProcess.class, Downloads.class, io.hyperion.api.Excerpts.class)) {
            classes.add(Path.of(
                    one.getProtectionDomain().getCodeSource().getLocation().toURI()));
        }
        return classes;
    }

    /** {@return the same with classes of its own, as in another application of the server} */
    static Callable<?> withOwnClasses(Path directory, URI uri, Optional<String> sha256) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (Path path : classes()) {
            urls.add(path.toUri().toURL());
        }
        ClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        return (Callable<?>) loader.loadClass(DownloadProcess.class.getName())
                .getConstructor(String.class, String.class, String.class)
                .newInstance(directory.toString(), uri.toString(), sha256.orElse(""));
    }

    /** {@return the same in a process of its own, which has begun} */
    static Process start(Path directory, URI uri, Optional<String> sha256) throws IOException, URISyntaxException {
        Process process = start(DownloadProcess.class, directory.toString(), uri.toString(), sha256.orElse(""));
        String first = process.inputReader().readLine();
        if (!"begun".equals(first)) {
            throw new IOException("The process does not begin, but writes " + first);
        }
        return process;
    }

    /** {@return a process that runs a class} */
    static Process start(Class<?> main, String... args) throws IOException, URISyntaxException {
        List<String> classPath = classes().stream().map(Path::toString).toList();
        List<String> command = Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx32m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                String.join(File.pathSeparator, classPath),
                                main.getName()),
                        Stream.of(args))
                .toList();
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** {@return the last line that a process writes, when it has ended} */
    static String result(Process process) throws IOException, InterruptedException {
        String last = "";
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line; (line = reader.readLine()) != null; ) {
                last = line;
            }
        }
        process.waitFor();
        return last;
    }
}
