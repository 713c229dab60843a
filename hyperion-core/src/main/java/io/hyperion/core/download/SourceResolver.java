package io.hyperion.core.download;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds out which files a source stands for. Safe for use by many threads. */
public final class SourceResolver {
    private static final String DEFAULT_REVISION = "main";
    private static final int MAX_NAMES = 20;

    private final HubListing listing;

    /**
     * Makes a resolver.
     *
     * @param http the way to the network
     * @param settings where Hugging Face is
     */
    public SourceResolver(HttpAccess http, HttpSettings settings) {
        listing = new HubListing(http, settings.hub());
    }

    /**
     * Finds the files of a source, of which those of Hugging Face are looked up there. Parts of a split model at another web server are known
     * by their names alone.
     *
     * @param source the source, not a {@link ModelSource.Local}, which is there already
     * @param trusted whether an administrator has named it
     * @return its files, in order: one, or all parts of a split one
     * @throws DownloadException if the source has no such file, more than one fits, or it cannot be asked
     * @throws InterruptedException if the thread was interrupted while it waited
     * @throws IllegalArgumentException if the source is a file of this machine
     */
    public List<RemoteFile> resolve(ModelSource source, boolean trusted)
            throws DownloadException, InterruptedException {
        if (source instanceof ModelSource.HubFile file) {
            return ofHub(file, trusted);
        } else if (source instanceof ModelSource.HubQuantization quantization) {
            return ofHub(quantization, trusted);
        } else if (source instanceof ModelSource.Web web) {
            return addresses(web.uri()).stream()
                    .map(uri -> new RemoteFile(uri, FilePaths.of(uri), OptionalLong.empty(), Optional.empty()))
                    .toList();
        }
        throw new IllegalArgumentException(source + " is not downloaded");
    }

    /**
     * Says where the files of a source are kept, as far as that is known without asking anybody.
     *
     * @param source the source
     * @return the paths of its files, in order, relative to the directory of the models, or absolute for a {@link ModelSource.Local}; empty
     *     for a {@link ModelSource.HubQuantization}
     */
    public static Optional<List<Path>> paths(ModelSource source) {
        if (source instanceof ModelSource.HubFile file) {
            return Optional.of(SplitName.all(file.file()).stream()
                    .map(name -> FilePaths.of(file.owner(), file.repository(), revision(file.revision()), name))
                    .toList());
        } else if (source instanceof ModelSource.Web web) {
            return Optional.of(addresses(web.uri()).stream().map(FilePaths::of).toList());
        } else if (source instanceof ModelSource.Local local) {
            return Optional.of(SplitName.all(local.path().toString()).stream()
                    .map(Path::of)
                    .toList());
        }
        return Optional.empty();
    }

    private static String revision(Optional<String> revision) {
        return revision.orElse(DEFAULT_REVISION);
    }

    private static List<URI> addresses(URI uri) {
        String before = uri.getScheme() + "://" + uri.getRawAuthority();
        String behind = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return SplitName.all(uri.getRawPath()).stream()
                .map(path -> URI.create(before + path + behind))
                .toList();
    }

    private List<RemoteFile> ofHub(ModelSource.HubFile source, boolean trusted)
            throws DownloadException, InterruptedException {
        int slash = source.file().lastIndexOf('/');
        String folder = slash < 0 ? "" : source.file().substring(0, slash);
        Repository repository = new Repository(source.owner(), source.repository(), revision(source.revision()));
        Map<String, HubListing.Entry> entries = listing.folder(repository, folder, trusted);
        return files(source, repository, SplitName.all(source.file()), entries);
    }

    private List<RemoteFile> ofHub(ModelSource.HubQuantization source, boolean trusted)
            throws DownloadException, InterruptedException {
        Repository repository = new Repository(source.owner(), source.repository(), revision(source.revision()));
        Map<String, HubListing.Entry> entries = listing.all(repository, trusted);
        List<String> fitting = Quantizations.choose(source.quantization(), entries.keySet());
        if (fitting.isEmpty()) {
            throw DownloadException.lasting(source + " stands for no file. " + names(repository, entries.keySet()));
        } else if (fitting.size() > 1) {
            throw DownloadException.lasting(source + " may be any of several files: " + listed(fitting)
                    + ". Name one, as in hf:" + source.owner() + "/" + source.repository() + "/" + fitting.get(0));
        }
        return files(source, repository, SplitName.all(fitting.get(0)), entries);
    }

    private List<RemoteFile> files(
            ModelSource source, Repository repository, List<String> names, Map<String, HubListing.Entry> entries)
            throws DownloadException {
        List<RemoteFile> files = new ArrayList<>();
        for (String name : names) {
            HubListing.Entry entry = entries.get(name);
            if (entry == null) {
                throw DownloadException.lasting(source + " is not complete or not there: the repository has no file '"
                        + name + "'. " + names(repository, entries.keySet()));
            }
            files.add(new RemoteFile(
                    listing.address(repository, name),
                    FilePaths.of(repository.owner(), repository.name(), repository.revision(), name),
                    OptionalLong.of(entry.size()),
                    entry.sha256()));
        }
        return files;
    }

    private static String names(Repository repository, Set<String> files) {
        List<String> models = Quantizations.models(files);
        return models.isEmpty()
                ? "There are no GGUF files in " + repository
                : "GGUF files in " + repository + ": " + listed(models);
    }

    private static String listed(List<String> names) {
        return names.stream().limit(MAX_NAMES).collect(Collectors.joining(", "))
                + (names.size() > MAX_NAMES ? ", and " + (names.size() - MAX_NAMES) + " more" : "");
    }
}
