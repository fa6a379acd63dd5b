# One image for the workers of all engines: On Record stands in it, and nothing is fetched when it starts.
#
#   python -m pip wheel --no-deps --wheel-dir dist .
#   docker build -f deploy/worker.Dockerfile -t onrecord-worker .
#
# Its entry point is Beam's boot program, as Flink and Dataflow want it; --worker_pool makes it a pool on port 50000.
# For Dask: docker run --entrypoint dask onrecord-worker worker tcp://SCHEDULER:8786 --nthreads 1
FROM python:3.11-slim

# Stores on which articles and tables lie: s3, gcs, azure.
ARG EXTRAS=s3
# What the engine needs in its workers. Dask wants the versions of the scheduler; for Dataflow: apache-beam[gcp].
ARG NEEDS="dask==2026.8.0 distributed==2026.8.0"
# Dataflow starts its workers as root (RUN_AS=0): folders that it mounts are root's.
ARG RUN_AS=10001

# Worker processes are what runs in parallel: one thread for each numerical library.
# The boot program would make a new environment beside this one, which an unprivileged user cannot.
ENV OMP_NUM_THREADS=1 \
    OPENBLAS_NUM_THREADS=1 \
    MKL_NUM_THREADS=1 \
    PYTHONUNBUFFERED=1 \
    RUN_PYTHON_SDK_IN_DEFAULT_ENVIRONMENT=1 \
    XDG_CACHE_HOME=/opt/onrecord/cache \
    HOME=/tmp

COPY --from=apache/beam_python3.11_sdk:2.77.0 /opt/apache/beam /opt/apache/beam

WORKDIR /opt/onrecord
COPY constraints.txt dist/onrecord-*.whl ./
RUN python -m pip install --no-cache-dir --constraint constraints.txt "$(ls onrecord-*.whl)[$EXTRAS]" $NEEDS \
    && python -m pip check \
    && rm onrecord-*.whl
# The language model is unpacked once, here; that an article can be read says that all is there.
RUN python -c "import onrecord; assert onrecord.read('The harbour is closed, Ines Okafor said.').quotes[0].speaker == 'Ines Okafor'" \
    && chmod -R a+rX cache

WORKDIR /tmp
USER $RUN_AS
ENTRYPOINT ["/opt/apache/beam/boot"]
