# The service in one image. With a database of its own (DATABASE_URL), or with the embedded one in /data:
#   docker build -t telcon .
#   docker run --rm --init -p 127.0.0.1:8000:8000 -v telcon:/data telcon
FROM python:3.13-slim AS builder

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
RUN python -m venv /opt/telcon && python -m venv /opt/build
COPY requirements.lock requirements-build.lock ./
RUN /opt/telcon/bin/pip install --quiet --require-hashes -r requirements.lock \
    && /opt/build/bin/pip install --quiet --require-hashes -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY migrations migrations
COPY seed_data seed_data
RUN /opt/build/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist . \
    && /opt/telcon/bin/pip install --quiet --no-deps --no-index dist/*.whl \
    && /opt/telcon/bin/pip uninstall --quiet --yes pip


FROM python:3.13-slim

# A fixed id, so that a mounted folder can be given to it.
RUN groupadd --gid 10001 telcon \
    && useradd --uid 10001 --gid telcon --no-create-home --home-dir /data --shell /usr/sbin/nologin telcon \
    && install --directory --owner telcon --group telcon --mode 700 /data
COPY --from=builder /opt/telcon /opt/telcon
ENV PATH=/opt/telcon/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 TELCON_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from os import environ as e; from urllib.request import urlopen; urlopen(f'http://127.0.0.1:{e.get(\"TELCON_PORT\", 8000)}/healthz', timeout=2)"]
ENTRYPOINT ["telcon"]
CMD ["serve", "--host", "0.0.0.0"]
