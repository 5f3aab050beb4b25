"""Who sends: the resource that spans and metrics carry (OpenTelemetry, resource semantic conventions).

What the standard variables say of it wins: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES. The SDK gives each process a
`service.instance.id` of its own, so that series of several proxies do not mix in one store.
"""

from importlib.metadata import version

from opentelemetry.sdk.resources import Resource

UNKNOWN = "unknown_service"
"""The SDK's name of a service that nobody has named."""


def own_resource() -> Resource:
    """This proxy."""
    known = Resource.create()
    own = {} if "service.version" in known.attributes else {"service.version": version("tidegate")}
    if str(known.attributes.get("service.name", UNKNOWN)).startswith(UNKNOWN):
        own["service.name"] = "tidegate"
    return known.merge(Resource(own))
