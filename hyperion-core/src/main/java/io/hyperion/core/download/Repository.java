package io.hyperion.core.download;

/**
 * One state of a repository of Hugging Face.
 *
 * @param owner the owner
 * @param name the name
 * @param revision a branch, tag or commit
 */
record Repository(String owner, String name, String revision) {
    @Override
    public String toString() {
        return owner + "/" + name + (revision.equals("main") ? "" : "@" + revision);
    }
}
