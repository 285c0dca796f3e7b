# Windhover in a container: docker build -t windhover . ; docker compose up
FROM node:24-bookworm-slim AS build
WORKDIR /windhover
COPY package.json package-lock.json ./
COPY plugins ./plugins
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY lib ./lib
COPY actors ./actors
COPY web ./web
RUN npm run build:ui && npm prune --omit=dev --no-audit --no-fund && rm -rf web/ui/src

FROM node:24-bookworm-slim
# redis-server for standalone; tini passes signals on and ends what scripts leave behind.
RUN apt-get update && apt-get install -y --no-install-recommends redis-server tini && rm -rf /var/lib/apt/lists/*
WORKDIR /windhover
COPY --from=build /windhover ./
RUN mkdir /data && chown node:node /data
ENV NODE_ENV=production WINDHOVER_DATA=/data WINDHOVER_HOST=0.0.0.0 WINDHOVER_HEALTH_HOST=0.0.0.0 WINDHOVER_LOG_FORMAT=json
USER node
VOLUME /data
EXPOSE 8080 8081
# Longer than the servers' own deadline (WINDHOVER_STOP_DEADLINE): docker stop -t 40
ENTRYPOINT ["tini", "--", "node", "web/cli/bin.mjs"]
CMD ["server", "standalone"]
