# The portal as one static program. The schema, the texts, the pages' files and the time zones
# are inside it; it needs a PostgreSQL 15 or newer, named by DATABASE_URL (or DATABASE_URL_FILE).
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X main.version=$VERSION" -o /out/shtab ./cmd/shtab \
 && mkdir -m 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
# Large uploads pass through /tmp.
COPY --from=build /out/ /
USER 65532:65532
ENV LISTEN_ADDR=0.0.0.0:8080
EXPOSE 8080
STOPSIGNAL SIGTERM
# Liveness is GET /healthz, readiness GET /readyz: asked from outside, there is no shell in here.
ENTRYPOINT ["/shtab"]
CMD ["serve"]
