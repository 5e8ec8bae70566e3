"""`python -m local.provider PORT` serves the stand-in; `STANDIN_*` variables set how it behaves."""

import sys

import uvicorn

from local.provider.behaviour import behaviour_from_environment
from local.provider.service import application

uvicorn.run(
    application(behaviour_from_environment()),
    host="127.0.0.1",
    port=int(sys.argv[1]),
    log_level="warning",
    # seconds; a request that a fault keeps silent would hold the process for as long
    timeout_graceful_shutdown=1,
)
