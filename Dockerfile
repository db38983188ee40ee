# Tapedeck on the embedded default, or on servers given by DATABASE_URL and friends. See docker-compose.yml.
FROM node:20-slim AS build
WORKDIR /app
COPY . .
# Builds dist/ too: the server and the dashboard.
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:20-slim
ENV NODE_ENV=production TAPEDECK_DATA_DIR=/data TAPEDECK_PORT=8080 TAPEDECK_HOST=0.0.0.0
WORKDIR /app
# The embedded PostgreSQL refuses root, and so do we.
RUN install -d -o node -g node /data
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/sql ./sql
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.TAPEDECK_PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# No shell in between: a stop reaches the program, which drains and closes.
CMD ["node", "--max-semi-space-size=2", "dist/tapedeck.js", "up"]
