# syntax=docker/dockerfile:1
# One image with all seven binaries: non-root, no shell, only the libraries that they load.
#
#   docker build --build-arg VERSION=$(git describe --tags --always) --build-arg REVISION=$(git rev-parse HEAD) -t ambula .
#   docker run --rm ambula ambula-gateway --version

ARG DEBIAN=debian:12-slim

FROM ${DEBIAN} AS build
ENV DEBIAN_FRONTEND=noninteractive
# cmake/dev/install.sh is the one list of packages.
COPY dev /src/dev
COPY cmake/dev /src/cmake/dev
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    rm -f /etc/apt/apt.conf.d/docker-clean && cd /src && bash -c \
    'source cmake/dev/common.sh && source cmake/dev/install.sh && install_packages build' && \
    apt-get install -y --no-install-recommends ca-certificates tzdata fonts-noto-core
COPY CMakeLists.txt CMakePresets.json /src/
COPY cmake /src/cmake
COPY libs /src/libs
COPY schemas /src/schemas
COPY services /src/services
COPY gateway /src/gateway
WORKDIR /src
RUN --mount=type=cache,target=/root/.cache/ccache \
    cmake --preset release -DAMBULA_TESTS=OFF -DCMAKE_CXX_FLAGS=-ffile-prefix-map=/src=. && \
    cmake --build build/release --parallel
ARG VERSION=0.1.0
RUN bash cmake/image_root.sh build/release/bin /image "$VERSION" && \
    mkdir -p /image/usr/share/ambula && cp -r build/release/console /image/usr/share/ambula/console

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Ambula" \
      org.opencontainers.image.description="Outpatient care: gateway and six services" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image /
ENV PATH=/usr/bin AMBULA_GATEWAY_CONSOLE_DIR=/usr/share/ambula/console SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt TZDIR=/usr/share/zoneinfo
USER 65532:65532
WORKDIR /tmp
STOPSIGNAL SIGTERM
# Any of the processes answers on the admin port that all have by default.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 CMD ["ambula-gateway", "healthcheck"]
CMD ["ambula-gateway"]
