/**
 * The web application as a whole: its life from deployment to undeployment, and its root of all paths. Each protocol has a package of its
 * own below, and none of them a way of its own to the models: all go through {@link io.hyperion.api.HyperionClient}.
 */
package io.hyperion.war;
