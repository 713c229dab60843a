package io.hyperion.war;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.admin.ModelAdministration;
import io.hyperion.war.hyperion.HealthResource;
import jakarta.inject.Inject;

/** Which part of Hyperion may know which. */
@AnalyzeClasses(packages = "io.hyperion", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {
    @ArchTest
    static final ArchRule API_KNOWS_THE_JDK_ALONE = classes()
            .that()
            .resideInAPackage("io.hyperion.api")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.hyperion.api..", "java..");

    @ArchTest
    static final ArchRule CLIENTS_AND_BORDERS_KNOW_THE_API_AND_THE_JDK_ALONE = classes()
            .that()
            .resideInAnyPackage("io.hyperion.api.client", "io.hyperion.api.bridge")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.hyperion.api", "io.hyperion.api.client", "io.hyperion.api.bridge", "java..");

    @ArchTest
    static final ArchRule MODELS_OF_A_SERVER_ARE_FOUND_WITH_THE_JDK_ALONE = classes()
            .that()
            .resideInAPackage("io.hyperion.api.server")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.hyperion.api",
                    "io.hyperion.api.client",
                    "io.hyperion.api.bridge",
                    "io.hyperion.api.server",
                    "java..",
                    "javax.naming..");

    @ArchTest
    static final ArchRule INJECTION_KNOWS_CDI_AND_CONFIGURATION = classes()
            .that()
            .resideInAPackage("io.hyperion.api.cdi")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.hyperion.api",
                    "io.hyperion.api.bridge",
                    "io.hyperion.api.server",
                    "io.hyperion.api.cdi",
                    "java..",
                    "jakarta.inject..",
                    "jakarta.enterprise..",
                    "org.eclipse.microprofile.config..");

    @ArchTest
    static final ArchRule ONLY_THE_RUNTIME_LOOKS_FOR_OTHER_MODELS = noClasses()
            .that()
            .resideInAPackage("io.hyperion.war..")
            .and()
            .areNotAssignableTo(HyperionRuntime.class)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.hyperion.api.server", "io.hyperion.api.bridge", "io.hyperion.api.cdi");

    @ArchTest
    static final ArchRule TYPED_REPLIES_KNOW_JSON_B_AND_CONSTRAINTS = classes()
            .that()
            .resideInAPackage("io.hyperion.api.json")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.hyperion.api.json", "java..", "jakarta.json.bind..", "jakarta.validation.constraints..");

    @ArchTest
    static final ArchRule REMOTE_CLIENTS_KNOW_THE_JDK_AND_JSON_P = classes()
            .that()
            .resideInAPackage("io.hyperion.api.remote")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.hyperion.api",
                    "io.hyperion.api.client",
                    "io.hyperion.api.remote",
                    "java..",
                    "javax.net.ssl",
                    "jakarta.json",
                    "jakarta.json.spi");

    @ArchTest
    static final ArchRule CORE_NEEDS_NO_SERVER = noClasses()
            .that()
            .resideInAPackage("io.hyperion.core..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.hyperion.jca..", "io.hyperion.war..", "jakarta..", "org.eclipse.microprofile..");

    @ArchTest
    static final ArchRule ADAPTER_KNOWS_NO_WIRE = noClasses()
            .that()
            .resideInAPackage("io.hyperion.jca..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.hyperion.war..");

    @ArchTest
    static final ArchRule ADAPTER_KNOWS_THE_ENGINE_BY_ITS_CLIENT_AND_SETTINGS = noClasses()
            .that()
            .resideInAPackage("io.hyperion.jca..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.hyperion.core.llama..", "com.sun.jna..", "de.kherud..");

    @ArchTest
    static final ArchRule WIRE_KNOWS_NO_ENGINE = noClasses()
            .that()
            .resideInAPackage("io.hyperion.war..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.hyperion.core..", "com.sun.jna..", "de.kherud..");

    @ArchTest
    static final ArchRule WIRE_NEEDS_NO_SERVER_OF_ITS_OWN = noClasses()
            .that()
            .resideInAPackage("io.hyperion.war..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.glassfish..", "fish.payara..", "org.jboss..", "org.apache..");

    /** All but the health, which anybody may ask for, reach the models as the caller that they serve. */
    @ArchTest
    static final ArchRule ENDPOINTS_HAVE_NO_CLIENT_OF_THEIR_OWN = noFields()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage("io.hyperion.war..")
            .and()
            .areDeclaredInClassesThat()
            .areNotAssignableTo(HealthResource.class)
            .and()
            .haveRawType(HyperionClient.class)
            .should()
            .beAnnotatedWith(Inject.class);

    /** So too what is done with the models: who may do that, is asked in one place. */
    @ArchTest
    static final ArchRule ENDPOINTS_ADMINISTER_AS_THEIR_CALLER = noFields()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage("io.hyperion.war..")
            .and()
            .haveRawType(ModelAdministration.class)
            .should()
            .beAnnotatedWith(Inject.class);

    @ArchTest
    static final ArchRule WIRE_HAS_NO_CYCLES = slices().assignedFrom(new SliceAssignment() {
                @Override
                public SliceIdentifier getIdentifierOf(JavaClass type) {
                    return type.getPackageName().startsWith("io.hyperion.war")
                            ? SliceIdentifier.of(type.getPackageName())
                            : SliceIdentifier.ignore();
                }

                @Override
                public String getDescription() {
                    return "the packages of the wire";
                }
            })
            .should()
            .beFreeOfCycles();
}
