package io.hyperion.core;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.hyperion", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule ONLY_THE_BINDING_TOUCHES_JNA = noClasses()
            .that()
            .resideOutsideOfPackage("io.hyperion.core.llama")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.jna..");

    @ArchTest
    static final ArchRule THE_ARTIFACTS_OWN_CLASSES_ARE_NOT_USED =
            noClasses().should().dependOnClassesThat().resideInAPackage("de.kherud..");

    @ArchTest
    static final ArchRule ONLY_TYPED_REPLIES_INJECTION_AND_THE_REMOTE_CLIENT_KNOW_JAKARTA = noClasses()
            .that()
            .resideOutsideOfPackages("io.hyperion.api.json", "io.hyperion.api.cdi", "io.hyperion.api.remote")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta..", "org.eclipse.microprofile..");

    @ArchTest
    static final ArchRule THE_REMOTE_CLIENT_KNOWS_JSON_ALONE_OF_JAKARTA = noClasses()
            .that()
            .resideInAPackage("io.hyperion.api.remote")
            .should()
            .dependOnClassesThat(resideInAnyPackage("jakarta..", "org.eclipse.microprofile..")
                    .and(resideOutsideOfPackage("jakarta.json..")));

    @ArchTest
    static final ArchRule TYPES_AND_JSON_STAND_ALONE = noClasses()
            .that()
            .resideInAPackage("io.hyperion.api.json")
            .should()
            .dependOnClassesThat(resideInAPackage("io.hyperion..").and(resideOutsideOfPackage("io.hyperion.api.json")));

    @ArchTest
    static final ArchRule THE_API_KNOWS_NOTHING_OF_CORE = noClasses()
            .that()
            .resideInAPackage("io.hyperion.api..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.hyperion.core..");

    @ArchTest
    static final ArchRule GRAMMARS_STAND_ALONE = noClasses()
            .that()
            .resideInAPackage("io.hyperion.core.grammar")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("io.hyperion.core..").and(resideOutsideOfPackage("io.hyperion.core.grammar")));

    @ArchTest
    static final ArchRule SCHEMAS_KNOW_GRAMMARS_ONLY = noClasses()
            .that()
            .resideInAPackage("io.hyperion.core.schema")
            .should()
            .dependOnClassesThat(resideInAPackage("io.hyperion.core..")
                    .and(resideOutsideOfPackages("io.hyperion.core.grammar", "io.hyperion.core.schema")));

    @ArchTest
    static final ArchRule JINJA_NEEDS_THE_JDK_ALONE = noClasses()
            .that()
            .resideInAPackage("io.hyperion.core.jinja")
            .should()
            .dependOnClassesThat(
                    resideOutsideOfPackage("java..").and(resideOutsideOfPackage("io.hyperion.core.jinja")));

    @ArchTest
    static final ArchRule PLAIN_JSON_NEEDS_THE_JDK_ALONE = noClasses()
            .that()
            .resideInAPackage("io.hyperion.core.json")
            .should()
            .dependOnClassesThat(resideOutsideOfPackage("java..").and(resideOutsideOfPackage("io.hyperion.core.json")));

    @ArchTest
    static final ArchRule DOWNLOADS_KNOW_THE_API_AND_PLAIN_JSON_ALONE = noClasses()
            .that()
            .resideInAPackage("io.hyperion.core.download")
            .should()
            .dependOnClassesThat(resideInAPackage("io.hyperion.core..")
                    .and(resideOutsideOfPackages("io.hyperion.core.download", "io.hyperion.core.json")));

    @ArchTest
    static final ArchRule ONLY_DOWNLOADS_REACH_THE_NETWORK = noClasses()
            .that()
            .resideInAPackage("io.hyperion.core..")
            .and()
            .doNotHaveFullyQualifiedName("io.hyperion.core.download.HttpAccess")
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                    "java\\.net\\.(http\\.HttpClient|(Datagram)?Socket|(Http)?URLConnection)|java\\.nio\\.channels\\..*SocketChannel");

    @ArchTest
    static final ArchRule CALLS_ARE_TEXT_TO_WHOEVER_READS_THEM = noClasses()
            .that()
            .resideInAPackage("io.hyperion.core.tools")
            .should()
            .dependOnClassesThat(resideInAPackage("io.hyperion.core..")
                    .and(resideOutsideOfPackages(
                            "io.hyperion.core.tools", "io.hyperion.core.schema", "io.hyperion.core.grammar")));

    @ArchTest
    static final ArchRule PACKAGES_DEPEND_ONE_WAY =
            slices().matching("io.hyperion.core.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NOBODY_THROWS_BARE_RUNTIME_EXCEPTIONS =
            noClasses().should().callConstructor(RuntimeException.class, String.class);
}
