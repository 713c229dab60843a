package io.hyperion.servers;

import fish.payara.micro.BootstrapException;
import fish.payara.micro.ClusterCommandResult;
import fish.payara.micro.ClusterCommandResult.ExitStatus;
import fish.payara.micro.PayaraMicro;
import fish.payara.micro.PayaraMicroRuntime;
import fish.payara.micro.boot.AdminCommandRunner;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Payara Micro with a console, in a process of its own: it takes the same commands on its standard input as {@code asadmin multimode}, and
 * ends when that does. Payara Micro as it comes takes commands at its start only, and no other process can send it any; Arquillian's
 * adapter starts it anew for each deployment. So neither can show what a redeployment or a resized pool does to a running server.
 */
final class MicroConsole {
    private MicroConsole() {}

    /** Takes the HTTP port, the directory of the server and the file of the commands that are run before it is started. */
    public static void main(String[] arguments) throws BootstrapException, IOException {
        List<AdminCommandRunner> runner = new ArrayList<>();
        PayaraMicro micro = PayaraMicro.getInstance();
        micro.setPreBootHandler(commands -> runAll(commands, Path.of(arguments[2])));
        micro.setPostBootHandler(runner::add);
        PayaraMicroRuntime runtime = micro.setHttpPort(Integer.parseInt(arguments[0]))
                .setRootDir(new File(arguments[1]))
                .setNoCluster(true)
                .bootStrap();
        System.out.println("Command start executed successfully.");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            run(runner.get(0), line);
        }
        runtime.shutdown();
        // What it leaves running is no reason to stay.
        System.exit(0);
    }

    private static void runAll(AdminCommandRunner runner, Path file) {
        try {
            Files.readAllLines(file).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(line -> run(runner, line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(AdminCommandRunner runner, String line) {
        List<String> words = List.of(line.trim().split("\\s+"));
        ClusterCommandResult result =
                runner.run(words.get(0), words.subList(1, words.size()).toArray(String[]::new));
        boolean failed = result.getExitStatus() == ExitStatus.FAILURE;
        System.out.println(result.getOutput());
        System.out.println("Command " + words.get(0) + (failed ? " failed." : " executed successfully."));
    }
}
