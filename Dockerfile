# Dateline in a container; untested, see docs/scale.md. The same image serves, reads and schedules.
FROM python:3.11-slim-bookworm

# Debian's stable release is what pins these.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends make nodejs npm \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt requirements-scale.txt ./
RUN pip install --no-cache-dir -r requirements.txt -r requirements-scale.txt

COPY . .
ENV DATELINE_CACHE_DIR=/app/cache \
    DATELINE_LOCAL_DIR=/data \
    DATELINE_LOG_FORMAT=json
RUN npm ci --ignore-scripts --no-audit --no-fund \
    && python -m geo.maps.assets \
    && python -m geo gazetteer build \
    && useradd --create-home --uid 10001 dateline \
    && mkdir -p /data \
    && chown -R dateline /data /app/cache /app/static

USER 10001
VOLUME /data
EXPOSE 8501
CMD ["python", "-m", "streamlit", "run", "server.py", "--server.headless=true", "--server.address=0.0.0.0"]
