# One image for the proxy and the simulator: `serve` by default.
FROM python:3.11-slim

WORKDIR /src
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/build.txt -r requirements/runtime.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/tidegate tidegate

# By number: Kubernetes' runAsNonRoot cannot look a name up.
USER 10001
WORKDIR /var/lib/tidegate
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
ENTRYPOINT ["tidegate"]
CMD ["serve", "-c", "/etc/tidegate/tidegate.yaml"]
