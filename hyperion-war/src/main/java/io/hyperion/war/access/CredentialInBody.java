package io.hyperion.war.access;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a resource's method: a request without a key in its headers has it in its body, and the method tells it to
 * {@link Caller#identify(java.util.Optional)}. Until then the caller has no way to the models.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface CredentialInBody {}
