FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
RUN npm run build

FROM node:24.21.0-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production \
    LEDGERLINE_HOST=0.0.0.0 \
    LEDGERLINE_DATA_DIR=/data
COPY package.json package-lock.json .npmrc ./
# The build stage has compiled already; the `prepare` script would ask for the compiler again.
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force \
    && mkdir /data && chown node:node /data
COPY --from=build /app/dist dist
COPY schema schema
COPY policies policies
COPY seeds seeds
COPY LICENSE ./
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.LEDGERLINE_PORT || 4000}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main/cli.js"]
CMD ["serve"]
