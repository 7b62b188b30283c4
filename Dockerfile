# One image for `billfold serve`, `billfold worker` and `billfold migrate`.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md ./
COPY server server
COPY plugins plugins
COPY document_templates document_templates
RUN python -m venv /opt/billfold \
 && /opt/billfold/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.11-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 billfold \
 && install --directory --owner billfold /data
COPY --from=build /opt/billfold /opt/billfold
ENV PATH=/opt/billfold/bin:$PATH PYTHONUNBUFFERED=1 BILLFOLD_DATA_DIR=/data BILLFOLD_HOST=0.0.0.0
USER billfold
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["billfold"]
CMD ["serve"]
