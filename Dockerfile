# A node of Homeward. `homeward migrate` and `homeward init` are commands of their own; see compose.yaml and docs/operations.md.
FROM python:3.12-slim AS build
WORKDIR /build
RUN python -m venv /opt/homeward
COPY requirements/base.lock requirements/base.lock
RUN /opt/homeward/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/base.lock
COPY pyproject.toml pyproject.toml
COPY schemas schemas
COPY migrations migrations
COPY api api
RUN /opt/homeward/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/homeward --create-home --shell /usr/sbin/nologin homeward
COPY --from=build /opt/homeward /opt/homeward
ENV PATH=/opt/homeward/bin:/usr/local/bin:/usr/bin:/bin
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
ENV HOMEWARD_DATA_DIR=/var/lib/homeward/data HOMEWARD_HOST=0.0.0.0 HOMEWARD_PORT=8000
USER 10001:10001
WORKDIR /var/lib/homeward
VOLUME /var/lib/homeward
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=4 CMD ["python", "-c", "import os, urllib.request as http; http.urlopen('http://127.0.0.1:' + os.environ['HOMEWARD_PORT'] + '/health/ready', timeout=4)"]
ENTRYPOINT ["homeward"]
CMD ["serve"]
