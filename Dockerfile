# syntax=docker/dockerfile:1
# The image of a release: dist/release must hold the archive of the platform (scripts/release).
#
#   docker build --tag tlslp .
#   docker run --read-only --volume tlslp:/data tlslp certs
#   docker run --read-only --volume tlslp:/data --publish 7883:7883 tlslp
FROM --platform=$BUILDPLATFORM debian:12-slim@sha256:88200866dfff7ea7f5cbcb6ec7c8a701889efe6fe859fe64d6990e4b07ea4171 AS unpack
ARG TARGETARCH
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
RUN apt-get update \
    && apt-get install --yes --no-install-recommends xz-utils \
    && rm -rf /var/lib/apt/lists/*
COPY packaging/container/make-root /usr/local/bin/
RUN --mount=type=bind,source=dist/release,target=/release \
    make-root /release "${TARGETARCH}" /image

FROM gcr.io/distroless/cc-debian12:nonroot@sha256:9dac0a79194e45a7da0158a9c6da57b217585af0786db3845d1f0ec1a0dd182f
COPY --from=unpack /image/system/ /
COPY --from=unpack --chown=65532:65532 /image/user/ /
# Certificates and state. They are relative to the working folder, so certs/ is in the volume.
VOLUME ["/data"]
WORKDIR /data
USER 65532:65532
ENV TLSLP_HOST=0.0.0.0 TLSLP_PORT=7883 TLSLP_METRICS=127.0.0.1:9464 TLSLP_STORE=sqlite:/data/intake.db
EXPOSE 7883
HEALTHCHECK --interval=10s --timeout=6s --start-period=10s CMD ["/usr/bin/tlslp", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/tlslp"]
CMD ["server"]
