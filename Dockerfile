# The worker: one bundle on Node, without shell tools, as an unprivileged user, on a read-only file system but for /tmp.
#   docker build --platform linux/arm64 -t stormdrain-worker .
# Pin the base by digest from your own registry: --build-arg NODE_IMAGE=registry.example.com/node@sha256:…
ARG NODE_IMAGE=public.ecr.aws/docker/library/node:24-slim

# Bundles are the same for every processor: they are built on the machine's own.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY schema ./schema
COPY scripts ./scripts
COPY src ./src
RUN npm run build

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /worker
COPY --from=build /build/dist/aws-worker.mjs /build/dist/engine-thread.mjs ./dist/
COPY --from=build /build/dist/chunks ./dist/chunks
# Gives the volume that is mounted here in a task the access rights that /tmp has.
VOLUME /tmp
USER node
ENTRYPOINT ["node", "dist/aws-worker.mjs"]
