package io.hyperion.core.download;

import io.hyperion.core.download.DownloadProgress.Activity;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The download of one file: attempt after attempt, until it is there. Used by one thread, which an interrupt gets out of it. */
final class FileDownload {
    private static final System.Logger LOGGER = System.getLogger(Downloads.class.getName());

    /** How often somebody who waits for another server looks whether it is done. */
    private static final Duration LOOK = Duration.ofMillis(200);

    /** A file that is wrong in all of its length is seldom right the third time. */
    private static final int MAX_WRONG = 2;

    /** After so many bytes the disk is asked again whether there is room: others write too. */
    private static final long BYTES_BETWEEN_LOOKS = 16L << 20;

    /** An attempt that brought less than this has not brought the file on. */
    private static final long BYTES_OF_AN_ADVANCE = 1L << 16;

    private static final int BUFFER = 1 << 18;
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
    private static final Pattern WHOLE = Pattern.compile("\\d{1,18}");

    /**
     * What all downloads share.
     *
     * @param http the way to the network
     * @param settings how files are downloaded
     * @param files where they are kept
     * @param disk the disk they are kept on
     */
    record Means(HttpAccess http, DownloadSettings settings, LocalFiles files, DiskSpace disk) {}

    private final Means means;
    private final RemoteFile remote;
    private final Path target;
    private final boolean trusted;
    private final ProgressMeter progress;
    private final DiskSpace.Share room;
    private final long later;
    private int wrong;

    /**
     * @param means what all downloads share
     * @param remote the file
     * @param target what it shall be here, in an existing directory
     * @param trusted whether an administrator has named its address
     * @param progress hears of it
     * @param room the room on the disk
     * @param later how many bytes of other files come after it, for which there must be room too
     */
    FileDownload(
            Means means,
            RemoteFile remote,
            Path target,
            boolean trusted,
            ProgressMeter progress,
            DiskSpace.Share room,
            long later) {
        this.means = Objects.requireNonNull(means, "means");
        this.remote = Objects.requireNonNull(remote, "remote");
        this.target = Objects.requireNonNull(target, "target");
        this.trusted = trusted;
        this.progress = Objects.requireNonNull(progress, "progress");
        this.room = Objects.requireNonNull(room, "room");
        this.later = later;
    }

    /**
     * Downloads the file, unless it is there.
     *
     * @throws DownloadException if that is not possible, or was not after all attempts
     * @throws InterruptedException if the thread was interrupted
     */
    void run() throws DownloadException, InterruptedException {
        try {
            Optional<FileClaim> claim = claim();
            if (claim.isEmpty()) {
                return;
            }
            FileClaim held = claim.get();
            try (held) {
                if (!isThere()) {
                    downloadPart();
                }
            }
        } catch (IOException e) {
            throw LocalFault.of("'" + name() + "' cannot be written", e);
        }
    }

    private String name() {
        return target.getFileName().toString();
    }

    private String host() {
        return remote.uri().getHost();
    }

    /** Waits for whoever downloads the file already; empty if that has brought it. */
    private Optional<FileClaim> claim() throws IOException, InterruptedException {
        while (true) {
            Optional<FileClaim> claim = means.files().claim(target);
            if (claim.isPresent()) {
                return claim;
            }
            if (isKnownToBeRight()) {
                return Optional.empty();
            }
            progress.enter(Activity.ELSEWHERE);
            remote.size().ifPresent(progress::currentTotal);
            progress.reached(sizeOf(PartFile.partOf(target)));
            Thread.sleep(LOOK.toMillis());
        }
    }

    private static long sizeOf(Path part) throws IOException {
        try {
            return Files.size(part);
        } catch (NoSuchFileException e) {
            // It has not begun, or has got its name just now.
            return 0;
        }
    }

    private boolean isKnownToBeRight() throws IOException {
        return Files.isRegularFile(target)
                && (remote.sha256().isEmpty()
                        || Checksum.isNoted(target, remote.sha256().get()));
    }

    /** A file that somebody else has put there is checked; one that is wrong is replaced. */
    private boolean isThere() throws IOException {
        if (!Files.isRegularFile(target)) {
            return false;
        }
        if (!isKnownToBeRight()) {
            String expected = remote.sha256().orElseThrow();
            progress.enter(Activity.CHECKING);
            String found = Checksum.of(target, progress::reached);
            if (!found.equals(expected)) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        target + " is downloaded anew: its SHA-256 is " + found + ", and should be " + expected);
                return false;
            }
            Checksum.note(target, expected);
        }
        return true;
    }

    private void downloadPart() throws IOException, DownloadException, InterruptedException {
        try (PartFile part = PartFile.open(target, origin(), remote.sha256())) {
            int failures = 0;
            long longest = part.length();
            while (true) {
                try {
                    transfer(part);
                    check(part);
                    part.complete();
                    return;
                } catch (DownloadException e) {
                    if (part.length() >= longest + BYTES_OF_AN_ADVANCE) {
                        failures = 0;
                        longest = part.length();
                    }
                    failures++;
                    pauseAfter(e, failures);
                }
            }
        }
    }

    /** The address without what may be secret: a password, or a query that holds a signature. */
    private String origin() {
        URI uri = remote.uri();
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                + uri.getRawPath();
    }

    private void pauseAfter(DownloadException failure, int failures) throws DownloadException, InterruptedException {
        if (Thread.interrupted()) {
            throw LocalFault.interrupted(failure);
        }
        DownloadSettings settings = means.settings();
        if (!failure.isRetryable()) {
            throw failure;
        }
        if (failures > settings.retries()) {
            throw failures == 1
                    ? failure
                    : DownloadException.passing(
                            failure.getMessage() + "; given up after " + failures + " attempts", failure);
        }
        Duration asked = failure.retryAfter().orElse(Duration.ZERO);
        if (asked.compareTo(settings.longestPause()) > 0) {
            throw failure;
        }
        Duration own = Backoff.pause(
                settings.firstPause(),
                settings.longestPause(),
                failures,
                ThreadLocalRandom.current().nextDouble());
        Duration pause = asked.compareTo(own) > 0 ? asked : own;
        progress.pause(failure.getMessage());
        LOGGER.log(
                System.Logger.Level.INFO,
                name() + ": " + failure.getMessage() + "; next attempt in " + pause.toMillis() + " ms");
        Thread.sleep(pause.toMillis());
    }

    /** Brings what is missing; returns when all is there. */
    private void transfer(PartFile part) throws IOException, DownloadException, InterruptedException {
        if (part.length() > 0 && part.length() == size(part).orElse(-1)) {
            return;
        }
        Map<String, String> headers = new LinkedHashMap<>();
        if (part.isResumable()) {
            headers.put("Range", "bytes=" + part.length() + "-");
            part.validator().ifPresent(version -> headers.put("If-Range", version));
        }
        room.require(later + Math.max(0, size(part).orElse(0) - part.length()));
        progress.enter(Activity.TRANSFERRING);
        progress.reached(part.length());
        try (HttpAccess.Response response = get(headers)) {
            switch (response.status()) {
                case 206 -> requireRest(part, response);
                case 416 -> {
                    part.discard();
                    throw DownloadException.passing(host() + " has no rest of the file any more", Optional.empty());
                }
                default -> part.begin(validator(response), announced(response));
            }
            size(part).ifPresent(progress::currentTotal);
            copy(response.body(), part);
        }
    }

    private HttpAccess.Response get(Map<String, String> headers) throws DownloadException, InterruptedException {
        return means.http().get(remote.uri(), headers, trusted);
    }

    private OptionalLong size(PartFile part) {
        return remote.size().isPresent() ? remote.size() : part.size();
    }

    private void requireRest(PartFile part, HttpAccess.Response response) throws IOException, DownloadException {
        String range = response.headers().firstValue("Content-Range").orElse("");
        Matcher matcher = CONTENT_RANGE.matcher(range.strip());
        boolean fits = matcher.matches()
                && Long.parseLong(matcher.group(1)) == part.length()
                && Long.parseLong(matcher.group(2)) >= part.length()
                && fitsWhole(part, matcher.group(3));
        Optional<String> version = response.headers().firstValue("ETag").filter(tag -> isStrong(tag));
        boolean isOther = version.isPresent()
                && part.validator().filter(FileDownload::isStrong).isPresent()
                && !version.equals(part.validator());
        if (!fits || isOther) {
            long had = part.length();
            part.discard();
            throw DownloadException.passing(
                    host() + " sends something else ("
                            + (fits ? "another version" : "Content-Range '" + brief(range) + "'")
                            + ") than the rest of the file from byte " + had,
                    Optional.empty());
        }
        if (!matcher.group(3).equals("*")) {
            part.sized(Long.parseLong(matcher.group(3)));
        }
    }

    /** A server may send less than the rest: where nothing else tells the end of the file, the range must. */
    private boolean fitsWhole(PartFile part, String whole) {
        OptionalLong known = size(part);
        return whole.equals("*")
                ? known.isPresent() || remote.sha256().isPresent()
                : known.orElse(Long.parseLong(whole)) == Long.parseLong(whole);
    }

    /** How many bytes the whole file will have, by the headers; those that contradict what is known of it are refused. */
    private OptionalLong announced(HttpAccess.Response response) throws DownloadException {
        Optional<String> length = response.headers()
                .firstValue("Content-Length")
                .filter(text -> WHOLE.matcher(text).matches());
        if (length.isEmpty()) {
            boolean endIsCertain = remote.size().isPresent()
                    || remote.sha256().isPresent()
                    || response.headers().firstValue("Transfer-Encoding").isPresent();
            if (!endIsCertain) {
                throw DownloadException.lasting(host()
                        + " does not say how long the file is, so that nobody could tell whether it is complete");
            }
            return remote.size();
        }
        long bytes = Long.parseLong(length.get());
        if (remote.size().isPresent() && remote.size().getAsLong() != bytes) {
            throw DownloadException.passing(
                    host() + " announces " + bytes + " bytes, and the file should have "
                            + remote.size().getAsLong(),
                    Optional.empty());
        }
        return OptionalLong.of(bytes);
    }

    /** What {@code If-Range} takes: an entity tag that is strong, or a date. */
    private static Optional<String> validator(HttpAccess.Response response) {
        return response.headers()
                .firstValue("ETag")
                .filter(FileDownload::isStrong)
                .or(() -> response.headers().firstValue("Last-Modified"));
    }

    private static boolean isStrong(String entityTag) {
        return entityTag.startsWith("\"");
    }

    private void copy(InputStream body, PartFile part) throws IOException, DownloadException, InterruptedException {
        OptionalLong size = size(part);
        // While one is filled, the checksum of the other may still be computed.
        byte[] buffer = new byte[BUFFER];
        byte[] other = new byte[BUFFER];
        boolean begins = part.length() == 0;
        long looked = Long.MIN_VALUE;
        for (int count; (count = read(body, buffer, part)) >= 0; ) {
            if (part.length() + count > size.orElse(Long.MAX_VALUE)) {
                throw wrong(part, "it has more than " + size.getAsLong() + " bytes");
            }
            if (part.length() >= looked) {
                room.require(later + Math.max(0, size.orElse(0) - part.length()));
                looked = part.length() + BYTES_BETWEEN_LOOKS;
            }
            append(part, buffer, count);
            byte[] appended = buffer;
            buffer = other;
            other = appended;
            progress.reached(part.length());
            if (begins && part.length() >= Integer.BYTES) {
                begins = false;
                requireRight(part, part.beginningFault());
            }
        }
        if (part.length() < size.orElse(0)) {
            throw DownloadException.passing(
                    host() + " has ended after " + part.length() + " of " + size.getAsLong() + " bytes",
                    Optional.empty());
        }
    }

    private int read(InputStream body, byte[] buffer, PartFile part) throws DownloadException, InterruptedException {
        try {
            return body.read(buffer);
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw LocalFault.interrupted(e);
            }
            String of = size(part).isPresent() ? " of " + size(part).getAsLong() : "";
            throw DownloadException.passing(e.getMessage() + " (after " + part.length() + of + " bytes)", e);
        }
    }

    private void append(PartFile part, byte[] buffer, int count)
            throws IOException, DownloadException, InterruptedException {
        try {
            part.append(buffer, count);
        } catch (IOException e) {
            // A full disk is told by its numbers.
            room.require(later + Math.max(BUFFER, size(part).orElse(0) - part.length()));
            throw e;
        }
    }

    private void check(PartFile part) throws IOException, DownloadException {
        requireRight(part, part.beginningFault());
        progress.enter(Activity.CHECKING);
        requireRight(part, part.checksumFault(progress::reached));
    }

    private void requireRight(PartFile part, Optional<String> fault) throws IOException, DownloadException {
        if (fault.isPresent()) {
            throw wrong(part, fault.get());
        }
    }

    private DownloadException wrong(PartFile part, String fault) throws IOException {
        part.discard();
        wrong++;
        String message = "What " + host() + " sends for '" + name() + "' is wrong: " + fault;
        return wrong < MAX_WRONG
                ? DownloadException.passing(message, Optional.empty())
                : DownloadException.lasting(message);
    }

    private static String brief(String header) {
        return header.length() <= 100 ? header : header.substring(0, 100) + "…";
    }
}
