# abmsim alone in an image: one static binary, no shell, not root. Everything is set with ABMSIM_… variables.
#
#   docker build -t abmsim .
#   docker run -p 8443:8443 -e ABMSIM_CONTROL_TOKEN=secret abmsim
#
# Where there is no Docker, .ci/image builds the binary from the same files and runs it in an empty root with the variables below.

FROM rust:1.95-bookworm AS build
WORKDIR /build
COPY . .
# glibc linked in, for whichever processor this runs on. Without --target the flag would reach build scripts and macros too.
RUN target="$(rustc -vV | sed -n 's/^host: //p')" \
 && RUSTFLAGS="-C target-feature=+crt-static" cargo build --locked --release --target "$target" \
 && install -D -m 755 "target/$target/release/abmsim" /image/abmsim \
 && mkdir /image/certs

FROM scratch
LABEL org.opencontainers.image.title="abmsim" \
      org.opencontainers.image.description="A fake Apple Business Manager for people who build MDM products" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /image/abmsim /abmsim
COPY --from=build --chown=65532:65532 /image/certs /certs
USER 65532:65532
# Its certificate is good for the name abmsim, which is what a service in compose or CI is likely called; ABMSIM_SAN takes others.
ENV ABMSIM_LISTEN=0.0.0.0:8443 \
    ABMSIM_CERTS=/certs \
    ABMSIM_SAN=abmsim
VOLUME ["/certs"]
EXPOSE 8443
HEALTHCHECK --interval=2s --timeout=3s --retries=15 CMD ["/abmsim", "ready"]
ENTRYPOINT ["/abmsim"]
