package io.hyperion.core.download;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Sees to it that what is still to come has room on the disk, all downloads of this server together. Safe for use by many threads. */
final class DiskSpace {
    private final long reserve;
    private final Set<Share> shares = new HashSet<>();

    /**
     * @param reserve how many bytes are left to others
     */
    DiskSpace(long reserve) {
        this.reserve = reserve;
    }

    /** What one download still needs. */
    final class Share implements AutoCloseable {
        private final FileStore store;
        private long toCome;

        private Share(FileStore store) {
            this.store = store;
        }

        /**
         * Says what is still to come, and looks whether there is room.
         *
         * @param bytes how much
         * @throws DownloadException if there is no room
         * @throws IOException if the disk cannot be asked
         */
        void require(long bytes) throws DownloadException, IOException {
            synchronized (shares) {
                toCome = bytes;
                long free = store.getUsableSpace();
                // Some file systems cannot tell.
                if (free == 0 && store.getTotalSpace() == 0) {
                    return;
                }
                long others = shares.stream()
                        .filter(share -> share != this && share.store.equals(store))
                        .mapToLong(share -> share.toCome)
                        .sum();
                if (free - reserve - others < bytes) {
                    throw noRoom(bytes, free, others);
                }
            }
        }

        /** Needs nothing any more. */
        @Override
        public void close() {
            synchronized (shares) {
                shares.remove(this);
            }
        }
    }

    /**
     * Begins a download.
     *
     * @param directory an existing directory on the disk
     * @return what it needs: nothing yet
     * @throws IOException if the disk cannot be asked
     */
    Share share(Path directory) throws IOException {
        Share share = new Share(Files.getFileStore(directory));
        synchronized (shares) {
            shares.add(share);
        }
        return share;
    }

    private DownloadException noRoom(long bytes, long free, long others) {
        return DownloadException.lasting(
                "There is no room on the disk: " + bytes + " bytes are still to come, and of the "
                        + free + " that are free, " + reserve + " are to stay so"
                        + (others > 0 ? " and " + others + " are for other downloads" : ""));
    }
}
